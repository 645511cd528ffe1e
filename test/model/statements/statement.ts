/** How a statement of the store is known again, and what stands in for it. */
import type { ModelledKind, Tables } from './tables.ts';

export type Modelled = {
  /** The function of the store that sends it. */
  readonly name: string;
  /** A piece of its text, with `?` for parameters, that no other statement has. */
  readonly marker: string;
  /** How many parameters it has. Another number means that it changed and must be modelled anew. */
  readonly arity: number;
  /** Does all that the statement does, at once; answers its rows. */
  readonly run: (tables: Tables, values: readonly unknown[]) => readonly unknown[];
};

const KINDS: Readonly<Record<string, ModelledKind>> = {
  charges: 'charge',
  recoveries: 'recovery',
  inbox_events: 'inbox_event',
};

/** The kind whose table was named by `sql('…')`. */
export function tableOf(value: unknown): ModelledKind {
  const { table } = value as { readonly table: string };
  const kind = KINDS[table];
  if (kind === undefined) throw new Error(`the model has no table ${table}`);
  return kind;
}
