import type { Answer } from './answer.ts';
import { type Json, objectOf, textOf } from './json.ts';

/** One page of a list, newest first. `next` is the `starting_after` of the page behind it. */
export type Page<T> = { readonly data: readonly T[]; readonly next: string | null };

/** Stripe's maximum. */
export const PAGE_SIZE_MAX = 100;

/** Reads a list's body; null when one item is not what was asked for: nothing may be decided from a list with holes. */
export function projectPage<T>(body: Json, project: (item: unknown) => T | null): Page<T> | null {
  const items = body.data;
  if (body.object !== 'list' || !Array.isArray(items)) return null;
  const data: T[] = [];
  for (const item of items) {
    const projected = project(item);
    if (projected === null) return null;
    data.push(projected);
  }
  const last_id = textOf(objectOf(items.at(-1))?.id);
  return { data, next: body.has_more === true ? last_id : null };
}

/**
 * All pages of a list, or the first answer that is not `ok`. Throws a RangeError beyond `pages_max` pages:
 * the window asked for is too wide to hold.
 */
export async function everyPage<T>(
  fetchPage: (starting_after: string | null) => Promise<Answer<Page<T>>>,
  pages_max = 1_000,
): Promise<Answer<readonly T[]>> {
  const all: T[] = [];
  let starting_after: string | null = null;
  for (let page = 0; page < pages_max; page += 1) {
    const answer: Answer<Page<T>> = await fetchPage(starting_after);
    if (answer.kind !== 'ok') return answer;
    all.push(...answer.value.data);
    starting_after = answer.value.next;
    if (starting_after === null) return { ...answer, value: all };
  }
  throw new RangeError('a list at Stripe has more pages than may be read at once');
}
