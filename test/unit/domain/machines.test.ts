import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stateDiagrams } from '../../../scripts/generate/machine-documents.ts';
import { type Machine, machines } from '../../../src/domain/machines.ts';

const all = Object.entries<Machine>(machines);

test('docs/state-machine.md is what the machines say: scripts/generate/state-diagram.ts writes it', () => {
  const page = readFileSync(new URL('../../../docs/state-machine.md', import.meta.url), 'utf8');
  expect(page).toBe(stateDiagrams());
});

test.each(all)(
  '%s: every state has a status and its moves, and leads only to states that exist',
  (_e, machine) => {
    const states = Object.keys(machine.statuses).sort();
    expect(Object.keys(machine.moves).sort()).toEqual(states);
    expect(states).toEqual(expect.arrayContaining(Object.values(machine.moves).flat()));
  },
);

test.each(all)(
  '%s: every state is reached from the first, and from every state there is a way to an end',
  (_e, machine) => {
    const states = Object.keys(machine.moves);
    const from = (start: string): Set<string> => {
      const seen = new Set([start]);
      for (const state of seen) for (const next of machine.moves[state] ?? []) seen.add(next);
      return seen;
    };
    expect([...from(states[0] ?? '')].sort()).toEqual([...states].sort());
    const endless = states.filter((state) => ![...from(state)].some((to) => machine.moves[to]?.length === 0));
    expect(endless).toEqual([]);
  },
);
