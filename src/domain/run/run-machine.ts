/** The machine of a run: a set of charges with one life. */
import type { Machine } from '../machines.ts';

export const run_machine = {
  moved_by: `Moved by the merchant's verbs, and by the worker that feeds it: into \`paused\` or \`closing\` when its goal is missed,
into \`paused\` when too many of its charges fail, and into \`completed\` and \`canceled\` once none of its charges is open any more.`,
  statuses: {
    draft: 'draft',
    running: 'running',
    paused: 'paused',
    closing: 'canceled',
    completed: 'completed',
    canceled: 'canceled',
  },
  moves: {
    draft: ['running', 'closing'],
    running: ['paused', 'closing', 'completed'],
    paused: ['running', 'closing'],
    closing: ['canceled'],
    completed: [],
    canceled: [],
  },
} as const satisfies Machine;

/** Why a run's charge may not go now; null: it may. The database's `run_gate` says it. */
export type RunGate = 'run_draft' | 'run_held' | 'run_paused' | 'run_canceled';
