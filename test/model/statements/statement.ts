/** How the model recognises a statement of the store, and what replaces it. */
import type { ModelledKind, State, Tables } from './tables.ts';

export type Modelled = {
  /** The function of the store that sends it. */
  readonly name: string;
  /** A piece of its text, with `?` for parameters, that no other statement contains. */
  readonly marker: string;
  /** How many parameters it has. Another number means that the statement changed and must be modelled again. */
  readonly arity: number;
  /** It may have to wait for locks, and then sees what it does not lock as it was when it began. */
  readonly locks?: true;
  /** Does all that the statement does, at once; returns its rows. `began`: the database before it waited, if it did. */
  readonly run: (tables: Tables, values: readonly unknown[], began: State | null) => readonly unknown[];
};

const KINDS: Readonly<Record<string, ModelledKind>> = {
  charges: 'charge',
  recoveries: 'recovery',
  inbox_events: 'inbox_event',
  customers: 'customer',
};

/** The kind whose table was named by `sql('…')`. */
export function tableOf(value: unknown): ModelledKind {
  const { table } = value as { readonly table: string };
  const kind = KINDS[table];
  if (kind === undefined) throw new Error(`the model has no table ${table}`);
  return kind;
}
