/** What we derive from the machines of src/domain: the rows by which the database judges, and a diagram to read. */
import { type Machine, machines } from '../../src/domain/machines.ts';

const BREAKPOINT = '--> statement-breakpoint';
const quote = (text: string) => `'${text}'`;
const values = (...columns: string[]) => columns.map(quote).join(', ');

/**
 * The statements that set `states` and `allowed_transitions` to the machines, whatever was there before:
 * the tail of a migration.
 */
export function rulesSql(): string {
  const states: string[] = [];
  const moves: string[] = [];
  for (const [entity, machine] of Object.entries<Machine>(machines)) {
    for (const [state, status] of Object.entries(machine.statuses)) {
      const isTerminal = (machine.moves[state] ?? []).length === 0;
      const told = [machine.told?.[state], machine.born].map((type) => (type ? quote(type) : 'null'));
      states.push(`(${values(entity, state, status)}, ${isTerminal}, ${told.join(', ')})`);
    }
    for (const [from, targets] of Object.entries(machine.moves)) {
      for (const to of targets) moves.push(`(${values(entity, from, to)})`);
    }
  }
  return `${[
    'delete from allowed_transitions;',
    'delete from states;',
    `insert into states (entity, state, status, terminal, told, born) values\n  ${states.join(',\n  ')};`,
    `insert into allowed_transitions (entity, from_state, to_state) values\n  ${moves.join(',\n  ')};`,
  ].join(`\n${BREAKPOINT}\n`)}\n`;
}

/** The machines as a page of Mermaid diagrams, with what merchants see of each state. */
export function stateDiagrams(): string {
  const pages = Object.entries<Machine>(machines).map(([entity, machine]) =>
    [
      `## ${entity}`,
      machine.moved_by,
      ['```mermaid', 'stateDiagram-v2', ...arrows(machine), '```'].join('\n'),
      ...tellings(machine),
    ].join('\n\n'),
  );
  return `${[INTRODUCTION, ...pages].join('\n\n')}\n`;
}

const INTRODUCTION = `# State machines

Written by \`node --import tsx scripts/generate/state-diagram.ts\` from \`src/domain/machines.ts\`; a test fails when it is stale. The
database has the same rows in \`states\` and \`allowed_transitions\`, and a trigger refuses every other move. A person
moves a row out of \`needs_review\`, unless proof arrives first.`;

function arrows(machine: Machine): string[] {
  const states = Object.keys(machine.moves);
  const entered = new Set(Object.values(machine.moves).flat());
  const starts = states.filter((state, index) => index === 0 || !entered.has(state));
  return [
    ...starts.map((state) => `  [*] --> ${state}`),
    ...Object.entries(machine.moves).flatMap(([from, targets]) =>
      targets.length === 0 ? [`  ${from} --> [*]`] : targets.map((to) => `  ${from} --> ${to}`),
    ),
  ];
}

/** What merchants and customers see, if it is not the state's own name. */
function tellings(machine: Machine): string[] {
  const hidden = Object.entries(machine.statuses).filter(([state, status]) => state !== status);
  const statuses = [...new Set(hidden.map(([, status]) => status))];
  return statuses.map((told) => {
    const states = hidden.filter(([, status]) => status === told).map(([state]) => `\`${state}\``);
    return `Shown as \`${told}\`: ${states.join(', ')}.`;
  });
}
