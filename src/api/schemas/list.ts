import { z } from 'zod';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;

/** What every list takes. The cursor is what the previous page's `next_cursor` said. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^(?:[1-9]|[1-9]\d|100)$/, { error: `must be an integer from 1 to ${LIMIT_MAX}` })
    .transform(Number)
    .default(LIMIT_DEFAULT)
    .meta({ description: `1 to ${LIMIT_MAX}, ${LIMIT_DEFAULT} by default` }),
  cursor: z.string().min(1).max(100).optional(),
};

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

export const idParams = z.strictObject({ id: z.string() });

export const WAIT_SECONDS_MAX = 20;

/** `?wait=20`: hold the answer until the status is settled for the caller. */
export const waitQuery = {
  wait: z
    .string()
    .regex(/^(?:\d|1\d|20)$/, { error: `must be an integer from 0 to ${WAIT_SECONDS_MAX}` })
    .transform(Number)
    .default(0)
    .meta({ description: `Seconds to wait for a settled status, 0 to ${WAIT_SECONDS_MAX}` }),
};

/** The query of a call that takes none. */
export const noQuery = z.strictObject({});

/** The body of a verb that needs none. */
export const noBody = z.strictObject({}).nullish();
