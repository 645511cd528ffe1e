/** Pages of lists: the cursor is the id of the last item, and no item ever goes away. */
import { type IdPrefix, idPattern } from '../platform/ids.ts';
import { fieldProblem } from './problem.ts';

/** The id after which the page begins. Throws `invalid_request`. */
export function cursorOf(prefix: IdPrefix, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!idPattern(prefix).test(cursor)) throw fieldProblem('cursor', 'must be the next_cursor of a page');
  return cursor;
}

/** A page made of up to one item more than `limit`. */
export function answerPage<Item extends { readonly id: string }>(
  items: readonly Item[],
  limit: number,
): { data: Item[]; next_cursor: string | null; has_more: boolean } {
  const data = items.slice(0, limit);
  const has_more = items.length > limit;
  return { data, next_cursor: has_more ? (data.at(-1)?.id ?? null) : null, has_more };
}
