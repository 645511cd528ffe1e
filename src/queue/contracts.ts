/**
 * What a job is: its payload, its id, its options. Each kind of obligation has one queue, named by the kind: legal on
 * Redis (no colon) and on Postgres alike.
 *
 * A job is a doorbell. It carries ids and nothing else, so a wiped, doubled or forged queue can neither lose a
 * charge nor change one: the worker reads the rows and claims them (docs/protocol.md, 1.2).
 */
import { createHash } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import { z } from 'zod';
import { productionTimings } from '../platform/timings.ts';
import type { Kind, Offer } from '../store/work/obligations.ts';

const JOB_BYTES_MAX = 4_096;
const ID_CHARS_MAX = 100;

const payload = z.strictObject({
  v: z.literal(1),
  ids: z.array(z.string().min(1).max(ID_CHARS_MAX)).min(1).max(productionTimings.offerIdsMax),
});

/** The payload for these rows; at most `offerIdsMax` of them. */
export function jobPayload(offers: readonly Offer[]): z.output<typeof payload> {
  return { v: 1, ids: offers.map((offer) => offer.id) };
}

/**
 * The ids of a job, or null for anything we did not write: another version (a newer release's job during a
 * roll-back), a ghost whose data was evicted, or somebody else's job. We drop it; its rows are offered again.
 */
export function jobIds(data: unknown): readonly string[] | null {
  const parsed = payload.safeParse(data);
  return parsed.success ? parsed.data.ids : null;
}

/**
 * The same offers make the same id, so an `add` that was sent twice makes one job. This saves work; correctness
 * does not rely on it. BullMQ refuses integers and ids with a colon.
 */
export function jobId(kind: Kind, offers: readonly Offer[]): string {
  const digest = createHash('sha256');
  for (const offer of offers) digest.update(`${offer.id}:${offer.offer_number};`);
  return `${kind}-${digest.digest('base64url').slice(0, 22)}`;
}

/** Ordinary jobs: BullMQ runs jobs without a priority first, then these, oldest first. */
const LATER = 1;

/**
 * Options of every job. One attempt: a row that was not finished comes due again by itself. Finished jobs are
 * removed at once; a few failed ones are kept, without stack traces.
 *
 * @param first true: ahead of all ordinary jobs, in arrival order. Newest first would leave the oldest waiting for as
 *   long as there are more jobs than workers.
 */
export function jobOptions(id: string, first: boolean): JobsOptions {
  return {
    jobId: id,
    ...(first ? {} : { priority: LATER }),
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: { age: 86_400, count: 1_000 },
    sizeLimit: JOB_BYTES_MAX,
    stackTraceLimit: 0,
  };
}

/** Splits offers into jobs of at most `size` ids, in their order. */
export function intoJobs(offers: readonly Offer[], size: number): (readonly Offer[])[] {
  const jobs: (readonly Offer[])[] = [];
  for (let at = 0; at < offers.length; at += size) jobs.push(offers.slice(at, at + size));
  return jobs;
}
