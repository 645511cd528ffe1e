import { z } from 'zod';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;

/** An integer of the query, in plain digits: a query is text, and `1e1`, ` 1` and an empty text are no integers. */
function integerText(bounds: { readonly min: number; readonly max: number; readonly otherwise: number }) {
  const { min, max, otherwise } = bounds;
  const error = `must be an integer from ${min} to ${max}`;
  return z
    .preprocess(
      (text) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text),
      z.int({ error }).min(min, { error }).max(max, { error }).default(otherwise),
    )
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** How many items a page has at most. */
export const pageLimit = integerText({ min: 1, max: LIMIT_MAX, otherwise: LIMIT_DEFAULT }).describe(
  'How many at most',
);

/** What every list takes. The cursor is what the previous page's `next_cursor` said. */
export const pageQuery = {
  limit: pageLimit,
  cursor: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Where the page begins: the last page's `next_cursor`"),
};

/** An id of any kind to filter by; an unknown one finds nothing. */
export const anyId = z.string().regex(/^[A-Za-z0-9_]{1,100}$/, { error: 'must be an id' });

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item).describe('This page, newest first'),
    next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last'),
    has_more: z.boolean().describe('Whether there is a next page'),
  });
}

export const idParams = z.strictObject({ id: z.string().describe('The id of what this call is about') });

const WAIT_SECONDS_MAX = 20;

/** `?wait=20`: hold the answer until the status is settled for the caller. */
export const waitQuery = {
  wait: integerText({ min: 0, max: WAIT_SECONDS_MAX, otherwise: 0 }).describe(
    'For how many seconds to hold the answer until there is news to tell',
  ),
};

/** The query of a call that takes none. */
export const noQuery = z.strictObject({});

/** The body of a verb that needs none. */
export const noBody = z.strictObject({}).nullish();
