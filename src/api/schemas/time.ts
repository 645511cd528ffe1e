import { z } from 'zod';

const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
const LATEST = Date.parse('2100-01-01T00:00:00Z');

/** A moment that a merchant sends: ISO 8601 with its offset, within years that a database can hold. One error per fault. */
export const pastOrFuture = z.iso.datetime({ offset: true, abort: true }).refine((text) => {
  const at = Date.parse(text);
  return at >= EARLIEST && at < LATEST;
}, 'must be between 2000 and 2100');

/** A moment that we answer, in UTC. */
export const timestamp = z.string().meta({ format: 'date-time' });
