/** Notes that rows may be missing that Stripe knows (docs/protocol.md, 2.9). */
import type { Sql } from './database.ts';

/** Who saw the loss, as the instance row, the break and the log name it. */
export type LossCause =
  /** An operator said so: `npm run restored`. */
  | 'restored'
  /** Stripe holds a PaymentIntent under our mark whose charge is missing. */
  | 'payment_intent_without_row'
  /** Stripe holds a SetupIntent or Checkout Session under our mark whose setup is missing. */
  | 'setup_without_row'
  /** Stripe executed a confirm under a key of ours that no attempt was written ahead for. */
  | 'key_without_row'
  /** The newest write that Postgres had acknowledged to a living process is not there. */
  | 'write_missing'
  /** Stripe's events were not read for longer than Stripe keeps them. */
  | 'events_unread';

export type Sighting = {
  readonly cause: LossCause;
  /** When something that is missing had been written; null: the loss itself is news, whatever was known before. */
  readonly seen_at: Date | null;
  /** The beginning of the span, where somebody knows it. */
  readonly since: Date | null;
  /** Whether charging goes off until a person has spoken for the withdrawals of the span. */
  readonly stops: boolean;
};

/** The newest loss, as it now stands. */
export type NotedLoss = { readonly noted_at: Date; readonly from: Date; readonly cause: string };

/** Notes the loss if it is news: null when it is the one that is known. */
export async function noteLoss(sql: Sql, sighting: Sighting): Promise<NotedLoss | null> {
  const { cause, seen_at, since, stops } = sighting;
  const noted = await sql<{ is_news: boolean }[]>`
    select note_loss(${cause}, ${seen_at}::timestamptz, ${since}::timestamptz, ${stops}) as is_news`;
  return noted[0]?.is_news === true ? readLoss(sql) : null;
}

/** The newest loss; null if there was none. */
export async function readLoss(sql: Sql): Promise<NotedLoss | null> {
  const rows = await sql<NotedLoss[]>`
    select lost_at as noted_at, lost_from as "from", lost_cause as cause from instance`;
  return rows[0] ?? null;
}

/** Notes that the list of Stripe's events was walked to its end: until then nothing is created (docs/protocol.md, 2.14). */
export async function noteEventsRead(sql: Sql): Promise<void> {
  await sql`update instance set events_read_at = dc_now()`;
}
