/** Predicates that may go unnoticed, each with the reason: what they decide is decided elsewhere as well. */
import type { Mutant } from './mutants.ts';

type Explained = { readonly file: string; readonly predicate: string; readonly because: string };

export const EXPLAINED: readonly Explained[] = [];

/** Why it may go unnoticed, or null. */
export function explanationOf({ file, predicate }: Pick<Mutant, 'file' | 'predicate'>): string | null {
  return EXPLAINED.find((one) => one.file === file && one.predicate === predicate)?.because ?? null;
}
