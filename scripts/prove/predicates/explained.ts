/** Predicates that may go unnoticed, each with the reason: what they decide is decided elsewhere as well. */
import type { Mutant } from './mutants.ts';

type Explained = { readonly file: string; readonly predicate: string; readonly because: string };

const SOON =
  'what waits for our key is due within a minute; the bounds are for the index, so that few rows are read';

export const EXPLAINED: readonly Explained[] = [
  { file: 'src/store/postgres/health.ts', predicate: 'due_at > dc_now()', because: SOON },
  {
    file: 'src/store/postgres/health.ts',
    predicate: "due_at <= dc_now() + interval '2 minutes'",
    because: SOON,
  },
];

/** Why it may go unnoticed, or null. */
export function explanationOf({ file, predicate }: Pick<Mutant, 'file' | 'predicate'>): string | null {
  return EXPLAINED.find((one) => one.file === file && one.predicate === predicate)?.because ?? null;
}
