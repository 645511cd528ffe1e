import type { Stripe } from 'stripe';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { type Json, objectOf, textOf } from './json.ts';

/** One page of a list. `next` is the `starting_after` of the page behind it. */
export type Page<T> = { readonly data: readonly T[]; readonly next: string | null };

/** Stripe's maximum. */
const PAGE_SIZE_MAX = 100;

type PageParams = { readonly limit: number; readonly starting_after?: string };

/** A list at Stripe, newest first: how a page of it is asked for, and what is kept of an item. */
export type List<T> = {
  readonly ask: (sdk: Stripe, page: PageParams, options: Stripe.RequestOptions) => Promise<unknown>;
  readonly project: (item: unknown) => T | null;
};

/** The page behind `starting_after`; null asks for the first. */
export function readPage<T>(
  stripe: StripeClient,
  { ask, project }: List<T>,
  starting_after: string | null,
  limits: CallLimits = {},
): Promise<Answer<Page<T>>> {
  const page = { limit: PAGE_SIZE_MAX, ...(starting_after === null ? {} : { starting_after }) };
  return stripe.read(
    limits,
    (sdk, options) => ask(sdk, page, options),
    (body) => projectPage(body, project),
  );
}

/** The whole list. */
export function readList<T>(
  stripe: StripeClient,
  list: List<T>,
  limits: CallLimits = {},
): Promise<Answer<readonly T[]>> {
  return everyPage((starting_after) => readPage(stripe, list, starting_after, limits));
}

/**
 * What is wanted of a whole list, oldest first: Stripe filters by neither key nor metadata, so every page is read and
 * compared here.
 */
export async function findInList<T>(
  stripe: StripeClient,
  list: List<T>,
  isWanted: (item: T) => boolean,
  limits: CallLimits,
): Promise<Answer<readonly T[]>> {
  const answer = await readList(stripe, list, limits);
  return answer.kind === 'ok' ? { ...answer, value: answer.value.filter(isWanted).reverse() } : answer;
}

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
