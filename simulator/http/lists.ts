import type { Row, Table } from '../world/table.ts';
import { invalid } from './errors.ts';
import { integer, nameIn, type Params, text } from './params.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** One page of a list, as Stripe wraps it. */
export interface ListBody<V> {
  object: 'list';
  url: string;
  has_more: boolean;
  data: V[];
}

interface Page {
  limit: number;
  startingAfter: string | undefined;
  endingBefore: string | undefined;
}

export function readPage(params: Params): Page {
  const limit = integer(params, 'limit') ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MAX_LIMIT) throw invalid(`Invalid limit: must be 1 to ${MAX_LIMIT}.`, 'limit');
  const startingAfter = text(params, 'starting_after') ?? undefined;
  const endingBefore = text(params, 'ending_before') ?? undefined;
  if (startingAfter !== undefined && endingBefore !== undefined)
    throw invalid('You may only specify one of these parameters: ending_before, starting_after.');
  return { limit, startingAfter, endingBefore };
}

/** Whether a moment lies in the `created` asked for: a time, or `gt|gte|lt|lte`. */
export function readCreated(params: Params): (created: number) => boolean {
  const sent = params.tree.created;
  if (sent === undefined) return () => true;
  if (typeof sent === 'string') {
    const exact = integer(params, 'created');
    return (created) => created === exact;
  }
  params.taken.add('created');
  const range: Params = { tree: sent, prefix: nameIn(params, 'created'), taken: new Set(), inner: [] };
  params.inner.push(range);
  const gt = integer(range, 'gt') ?? Number.NEGATIVE_INFINITY;
  const gte = integer(range, 'gte') ?? Number.NEGATIVE_INFINITY;
  const lt = integer(range, 'lt') ?? Number.POSITIVE_INFINITY;
  const lte = integer(range, 'lte') ?? Number.POSITIVE_INFINITY;
  return (created) => created > gt && created >= gte && created < lt && created <= lte;
}

/** The page asked for, newest first, of the rows that `keep` keeps. */
export function listPage<V extends { id: string }, R extends Row<V>, O>(
  table: Table<R>,
  page: Page,
  url: string,
  keep: (row: R) => boolean,
  show: (row: R) => O,
): ListBody<O> {
  const { rows } = table;
  if (page.endingBefore !== undefined) {
    const found: O[] = [];
    let at = positionOf(table, page.endingBefore, 'ending_before') + 1;
    for (; at < rows.length && found.length < page.limit; at += 1) {
      const row = rows[at] as R;
      if (keep(row)) found.push(show(row));
    }
    const more = rows.slice(at).some(keep);
    return { object: 'list', url, has_more: more, data: found.reverse() };
  }
  const after = page.startingAfter;
  let at = (after === undefined ? rows.length : positionOf(table, after, 'starting_after')) - 1;
  const data: O[] = [];
  for (; at >= 0; at -= 1) {
    const row = rows[at] as R;
    if (!keep(row)) continue;
    if (data.length === page.limit) return { object: 'list', url, has_more: true, data };
    data.push(show(row));
  }
  return { object: 'list', url, has_more: false, data };
}

/**
 * A list as most endpoints have it: by page, time of creation and the given fields. It reads each of these first, so
 * that a wrong one is refused before the answer is made.
 */
export function listWhere<R extends Row<{ id: string; created: number }>>(
  params: Params,
  table: Table<R>,
  url: string,
  fields: readonly (keyof R['value'] & string)[],
  keep: (row: R) => boolean = () => true,
): () => ListBody<R['value']> {
  const page = readPage(params);
  const within = readCreated(params);
  const wanted = fields.map((field) => ({ field, sent: text(params, field) ?? null }));
  const isWanted = ({ value }: { value: R['value'] }): boolean =>
    within(value.created) && wanted.every(({ field, sent }) => sent === null || value[field] === sent);
  return () =>
    listPage(
      table,
      page,
      url,
      (row) => isWanted(row) && keep(row),
      (row): R['value'] => row.value,
    );
}

function positionOf<V extends { id: string }, R extends Row<V>>(
  table: Table<R>,
  id: string,
  param: string,
): number {
  const row = table.byId.get(id);
  const at = row === undefined ? -1 : table.rows.lastIndexOf(row);
  if (at < 0) throw invalid(`No such object: '${id}'`, param, 'resource_missing');
  return at;
}
