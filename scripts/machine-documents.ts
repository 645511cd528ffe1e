/** What is derived from the machines of src/domain: the rows the database judges by, and a diagram to read. */
import { type Machine, machines } from '../src/domain/machines.ts';

const BREAKPOINT = '--> statement-breakpoint';
const quote = (text: string) => `'${text}'`;
const values = (...columns: string[]) => columns.map(quote).join(', ');

/**
 * The statements that make `states` and `allowed_transitions` what the machines are, whatever they were before:
 * the tail of a migration.
 */
export function rulesSql(): string {
  const states: string[] = [];
  const moves: string[] = [];
  for (const [entity, machine] of Object.entries<Machine>(machines)) {
    for (const [state, status] of Object.entries(machine.statuses)) {
      const isTerminal = (machine.moves[state] ?? []).length === 0;
      states.push(`(${values(entity, state, status)}, ${isTerminal})`);
    }
    for (const [from, targets] of Object.entries(machine.moves)) {
      for (const to of targets) moves.push(`(${values(entity, from, to)})`);
    }
  }
  return `${[
    'delete from allowed_transitions;',
    'delete from states;',
    `insert into states (entity, state, status, terminal) values\n  ${states.join(',\n  ')};`,
    `insert into allowed_transitions (entity, from_state, to_state) values\n  ${moves.join(',\n  ')};`,
  ].join(`\n${BREAKPOINT}\n`)}\n`;
}
