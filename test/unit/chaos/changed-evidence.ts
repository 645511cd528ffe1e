/** One thing changed in sound evidence, and what the verdict says of it. */
import type { Evidence } from '../../chaos/evidence.ts';
import { judge } from '../../chaos/invariants/verdict.ts';
import { soundEvidence } from './sound-evidence.ts';

export type Changed = { -readonly [K in keyof Evidence]?: Evidence[K] };
/** What is changed, the invariants that must notice and no other, and one harm that they name. */
export type Case = [what: string, invariants: string[], harm: string, change: (sound: Evidence) => Changed];

/** The row with these columns changed, others as they are. */
export function changed<T extends object>(rows: readonly T[], index: number, change: Partial<T>): T[] {
  return rows.map((row, at_index) => (at_index === index ? { ...row, ...change } : row));
}

export function verdictOf(change: (sound: Evidence) => Changed) {
  const sound = soundEvidence();
  const breaches = judge({ ...sound, ...change(sound) });
  return {
    invariants: [...new Set(breaches.map((breach) => breach.invariant))],
    harms: new Set(breaches.map((breach) => breach.harm)),
  };
}
