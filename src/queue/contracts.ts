/**
 * What a job is: the name of its queue, its payload, its id, its options.
 *
 * A job is a doorbell. It carries ids and nothing else, so a queue that is wiped, doubled or forged can neither lose
 * a charge nor change one: whoever is rung reads the rows and claims them (docs/protocol.md, 1.2).
 */
import { createHash } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import { z } from 'zod';
import type { Kind, Offer } from '../store/work/obligations.ts';

/** One job carries up to this many ids: 25 was the knee of the measured curve. */
const JOB_IDS_MAX = 25;
const JOB_BYTES_MAX = 4_096;
const ID_CHARS_MAX = 100;

/** One queue per kind of obligation. The names are legal on Redis (no colon) and on Postgres alike. */
export function queueName(kind: Kind): string {
  return kind;
}

const payload = z.strictObject({
  v: z.literal(1),
  ids: z.array(z.string().min(1).max(ID_CHARS_MAX)).min(1).max(JOB_IDS_MAX),
});
export type JobPayload = z.output<typeof payload>;

/** The payload for these rows; at most `JOB_IDS_MAX` of them. */
export function jobPayload(offers: readonly Offer[]): JobPayload {
  return { v: 1, ids: offers.map((offer) => offer.id) };
}

/**
 * The ids of a job, or null for anything we did not write: another version (a newer release's job during a
 * roll-back), a ghost whose data was evicted, a stranger's. Such a job is dropped; its rows are offered again.
 */
export function jobIds(data: unknown): readonly string[] | null {
  const parsed = payload.safeParse(data);
  return parsed.success ? parsed.data.ids : null;
}

/**
 * The same offers make the same id, so an `add` that was sent twice is one job. That saves work and is not relied
 * on. Never an integer and never with a colon: BullMQ refuses both.
 */
export function jobId(kind: Kind, offers: readonly Offer[]): string {
  const digest = createHash('sha256');
  for (const offer of offers) digest.update(`${offer.id}:${offer.offer_number};`);
  return `${kind}-${digest.digest('base64url').slice(0, 22)}`;
}

/** After everything that has none: BullMQ takes prioritized jobs once no other waits, oldest first among themselves. */
const LATER = 1;

/**
 * Options of every job. One attempt: a row that was not finished comes due again by itself. Finished jobs go at
 * once; of failed ones a bounded few are kept, without stack traces.
 *
 * @param first ahead of whatever is not, and behind what came first before it: the newest ahead of all would leave the
 *   oldest waiting for as long as there are more jobs than hands
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
