/** Prints the seed rows of `states` and `allowed_transitions` as SQL, from the machines in src/domain. */
import { type Machine, machines } from '../src/domain/machines.ts';

const quote = (text: string) => `'${text}'`;
const states: string[] = [];
const moves: string[] = [];
for (const [entity, machine] of Object.entries(machines) as [string, Machine][]) {
  for (const [state, status] of Object.entries(machine.statuses)) {
    const terminal = (machine.moves[state] ?? []).length === 0;
    states.push(`(${[entity, state, status].map(quote).join(', ')}, ${terminal})`);
  }
  for (const [from, targets] of Object.entries(machine.moves))
    for (const to of targets) moves.push(`(${[entity, from, to].map(quote).join(', ')})`);
}
process.stdout.write(
  `insert into states (entity, state, status, terminal) values\n  ${states.join(',\n  ')};\n--> statement-breakpoint\n` +
    `insert into allowed_transitions (entity, from_state, to_state) values\n  ${moves.join(',\n  ')};\n`,
);
