/**
 * A stored object: `value` is what Stripe would answer. It is replaced, never changed, so an event may keep it.
 */
export interface Row<V> {
  value: V;
}

/** Objects of one kind in one account, in order of creation. */
export interface Table<R> {
  byId: Map<string, R>;
  rows: R[];
}

export function newTable<R>(): Table<R> {
  return { byId: new Map(), rows: [] };
}

export function insert<V extends { id: string }, R extends Row<V>>(table: Table<R>, row: R): R {
  table.byId.set(row.value.id, row);
  table.rows.push(row);
  return row;
}

export function remove<V extends { id: string }, R extends Row<V>>(table: Table<R>, row: R): void {
  table.byId.delete(row.value.id);
  table.rows.splice(table.rows.indexOf(row), 1);
}

/** Replaces the row's value by one that differs in `patch`, and returns it. */
export function change<V>(row: Row<V>, patch: Partial<V>): V {
  row.value = { ...row.value, ...patch };
  return row.value;
}
