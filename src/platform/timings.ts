/**
 * Every span of time and every bound that a decision hangs on, with its reason.
 *
 * Technical spans are milliseconds of real time; business spans (hours, days) are measured by `dc_now()`, so
 * that the test clock moves them. Tests override single values; operators do not tune these, hence no
 * environment variables.
 */

import { AppError } from './errors.ts';

export const productionTimings = {
  // Stripe answers a confirm within one or two seconds; after ten, nobody waits for the answer any more.
  stripeTimeoutMs: 10_000,
  // Longer than the Stripe timeout plus a settle, so that a healthy worker never loses its lease in a call.
  leaseMs: 15_000,
  // Three renewals fit into one lease: two may be lost.
  leaseRenewIntervalMs: 5_000,

  // A row that was not offered by the API's own offer, or whose lease ran out, waits at most this long. With the lease
  // this bounds how long a killed worker's charge stands still: 16 s, where 45 s are promised.
  dispatchIntervalMs: 1_000,
  // After this a due row is offered again: a wiped queue is refilled well within the 60 s we promise.
  offerStaleMs: 20_000,
  // Bounds the queue's memory however large the run is.
  offersOutstandingMax: 2_000,
  // Rows in the fast lane: a second or two of work. With more it would simply be the longer of two queues.
  offersFirstMax: 200,
  // After the fast lane has drained, ordinary jobs run alone this long.
  offersFirstPauseMs: 5_000,
  // Ids per job, at most. Measured: beyond 25, throughput hardly grows.
  offerIdsMax: 25,
  // The API has committed already: a slow queue must not hold its answer. The dispatcher offers again.
  offerTimeoutMs: 1_000,

  // How long a fact waits for its place in the feed, and with it for whoever follows the feed: a person does not notice, and
  // asking is one look at an index that is nearly always empty.
  numberEventsIntervalMs: 500,
  // A round holds the counter for some milliseconds.
  numberEventsMax: 500,

  // Claims and settles of concurrent jobs wait this long for each other: one statement instead of a hundred.
  gatherMs: 2,
  // A settle of 100 rows holds its locks for a few milliseconds; more would be felt by a waiting person.
  gatherRowsMax: 100,
  // Tokens are reserved in blocks of at most this: a block lost with its worker costs a quarter of a second
  // of pace.
  paceBlockMs: 250,

  // How often each worker asks whether a sweep is due. One worker at a time makes it, at the intervals below.
  janitorIntervalMs: 5_000,
  // How late a charge may learn of a webhook that never came.
  eventsListIntervalMs: 30_000,
  // The same while nothing waits for one: a small part of the reads that Stripe counts (500 for each payment in 30 days,
  // 10,000 at least: docs.stripe.com/rate-limits), and of the hours after which nothing is created without a look.
  eventsQuietMs: 3_600_000,
  // An unconfirmed orphan takes no money: there is no hurry. A large account is read on at the janitor's interval.
  orphanSweepIntervalMs: 60_000,
  // The same while nothing is unbound or unknown; several times within the window that it looks at.
  orphanQuietMs: 21_600_000,

  // Longer than one Stripe timeout, so that a confirm on the wire can still be answered.
  workerDrainMs: 12_000,
  // Below the 30 s after which orchestrators kill.
  stopDeadlineMs: 20_000,

  // Stripe may still be executing behind a replayed 5xx.
  unknownQuietMinutes: 10,
  // "Unchanged twice, a minute apart" is the proof that the confirm never ran.
  unknownRecheckSeconds: 60,
  // Stripe keeps an idempotency key for 24 h; one hour is left for clocks and slow answers.
  resendWindowHours: 23,
  // After rows were lost, every create looks at Stripe first for so long: what a merchant may still ask for again.
  lossListFirstDays: 35,
  // Half of what Stripe keeps a key for: a database set back further than that is asked for its events first.
  eventsReadHours: 12,
  // After a failover a living process finds its newest write within a second or two of its first connection; one that has
  // to come back from a long pause gets half a minute.
  vouchWaitMs: 30_000,
  // Stripe keeps events for 30 days: what lies behind an older mark is gone.
  eventsMarkDays: 28,
  // A PaymentIntent of ours without a row: a failover may still bring the row back within a day.
  orphanAgeHours: 24,
  // How long a customer may stay at the bank before we look.
  pressMinutes: 30,
  // How long a press waits for the answer to its twin: longer than the Stripe timeout, shorter than a browser's patience.
  twinWaitMs: 12_000,
  // Time for the customer to press "Pay" after saving a new card, before a worker does it for them.
  replacementGraceMinutes: 10,
  // Each is a page on which cards can be tried: nobody needs more of them, and whoever tests stolen cards wants many.
  replacementSessionsMax: 5,

  // Issuers see a salary arrive between these; more often counts against the networks' limits.
  issuerRetryDays: [1, 3, 7],
  // Most of one debit by its type, in minor units, where Stripe grants the account another one than
  // `src/domain/debit/schemes.ts` has (`DEBIT_LIMITS`).
  debitLimits: {} as Readonly<Record<string, number>>,
  // Who announces debits, and how many days ahead where that was agreed otherwise than by the scheme (`DEBIT_NOTICE`,
  // `DEBIT_NOTICE_DAYS`); the schemes' own days are in `src/domain/debit/schemes.ts`.
  debitNotice: { sent_by: 'us', days: {} } as {
    readonly sent_by: 'us' | 'stripe';
    readonly days: {
      readonly sepa_debit?: number | undefined;
      readonly au_becs_debit?: number | undefined;
      readonly bacs_debit?: number | undefined;
    };
  },
  // A fault at an issuer is over in minutes or in hours; one that lasted a day is waited for no longer.
  technicalRetryMinutes: [15, 120, 1_440],
  // The first and one for each delay above, for either kind of decline and for both together.
  automaticAttemptsMax: 4,
  // Stripe limits confirms per PaymentIntent without naming the figure; stay well below.
  confirmsMax: 8,
  // Who comes after our last automatic attempt can still pay, be declined, and use another card.
  confirmsKeptForCustomer: 3,

  // A Checkout Session lives no longer at Stripe.
  setupExpiryHours: 24,
  // Enough for a mistyped number and a second card; more would be testing stolen cards.
  setupTriesMax: 5,
  // Without webhooks we read a setup this long after the customer could begin, then again at intervals of the last
  // number.
  setupReadMinutes: [1, 5, 30, 60],
  // Binding the customer wakes its setups at once; this only covers a wake-up that was lost.
  setupCustomerWaitSeconds: 30,
  // Time for a salary or a new card to arrive, and soon enough for the merchant to know where they stand.
  recoveryDays: 7,
  // The link lives at least this long after the last call was mailed.
  lastCallGraceMinutes: 60,
  // Whoever holds an old link can ask for a mail: it must not become a way to flood somebody's inbox.
  freshMailIntervalMinutes: 60,
  // A customer hears once a day of all that waits; more often would be read as spam, and end as such.
  mailIntervalHours: 24,
  // Bills that are posted one right after the other go into one mail.
  mailGatherMinMs: 5_000,
  // A billing run of many bills of one customer; whoever waits for their first mail waits no longer than this.
  mailGatherMaxMinutes: 10,
  // How soon a first mail looks again at charges that are about to be settled.
  mailGatherLookMs: 15_000,
  // What fits on a screen or two; the link shows the rest.
  mailBillsMax: 20,
  // A recovery of thirty days has seven; the rest are asked for, by whoever holds a link.
  mailsPerRecoveryMax: 20,
  // One by itself, and a few that the customer or an operator asks for.
  mailsPerCustomerDayMax: 6,
  // Outlasts a visit to the bank; a cookie left behind on a shared machine opens nothing in the evening.
  pageCookieHours: 2,
  // How long a payment may be asked back through its owner's bank, counted from its success: for so long its evidence outlives
  // an erasure. A card's by the networks' longest rule (docs.chargeflow.io/docs/reference/concepts/network-timelines), SEPA's
  // without a valid mandate (docs.adyen.com/risk-management/chargeback-guidelines/sepa-chargebacks). Others as the longest that
  // ends, Australia's (support.gocardless.com/hc/en-au/articles/360000632905-BECS-Claims-chargeback-Process). ISO 8601.
  evidenceSpans: { card: 'P540D', sepa_debit: 'P13M', other: 'P7Y' },
  // A refund that has not ended is told by webhook, by the list of events, and by this look, which gets rarer with its age.
  refundLookMs: 3_600_000,
  // Refunds, disputes and warnings that no event told of: a few reads each time, far below what Stripe counts.
  returnsSweepIntervalMs: 3_600_000,
  // The same while nothing has come for long.
  returnsQuietMs: 21_600_000,
  // Lists show what was made a little late, and clocks differ: each walk begins so long before the last one's newest.
  returnsOverlapHours: 2,
  // An open dispute of which nothing was heard for so long is read: its end may have been told to nobody.
  disputeQuietHours: 24,
  // A charge may settle this long after its creation: scheduled, retried for days, then recovered.
  reconcileWindowDays: 35,

  // Stripe sends an event again for 3 days (docs.stripe.com/webhooks) and lists it for 30 (docs.stripe.com/api/events):
  // after this nobody has to know it any more.
  eventsKeptDays: 35,
  // Two years for accounts and questions, and a month to ask; by the type of what paid, and for what has none of its own.
  historyMonths: { card: 25, sepa_debit: 25, other: 25 },
  // Moves that one step of forgetting looks at: it holds its locks for some milliseconds.
  forgetRowsMax: 50,
  // Steps of a round, every janitor interval: a thousand moves a second, more than any day brings, and a few hundredths of
  // a processor while there is anything to take.
  forgetStepsMax: 100,
  // How soon old rows are looked for again once there were none.
  forgetQuietMs: 3_600_000,
  // After this the histories that were passed over are looked at once more: something was open, or their span is longer.
  forgetAgainDays: 30,
  // An endpoint that takes longer has the notification taken twice: whoever needs more takes it in and answers first.
  notifyTimeoutMs: 15_000,
  // From here on an endpoint is slow.
  notifySlowMs: 3_000,
  // After each failed try, the schedule that the Standard Webhooks specification recommends: ten tries in all, within 75 hours
  // (github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Deliverability").
  notifyRetrySeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
  // A receiver's own wish to be left alone (`Retry-After`) is heeded for so long.
  notifyRetryAfterMaxS: 86_400,
  // Deliveries of one endpoint that are offered or under way at a time, in all workers together, and of one that is slow or
  // fails: what waits for it must leave room for the others.
  notifyEndpointMax: 25,
  notifySlowEndpointMax: 4,
  // Sent at a time by one process: sockets and bodies, not processor time.
  notifyProcessMax: 200,
  // While there is something to offer, the deliveries' dispatcher comes so often: 250 a second for each endpoint.
  notifyDispatchPauseMs: 100,
  // An endpoint of which nothing but failures came back for so long is disabled.
  notifyGiveUpDays: 5,
  // Enough for every system that a merchant has; each costs a row for each event.
  notifyEndpointsMax: 20,
  // Deliveries that one step for an endpoint writes: its locks are held for some milliseconds.
  notifyRowsMax: 500,

  // How often tables are looked at that have grown tenfold: autovacuum comes once a minute, a first run of charges does not wait.
  analyzeIntervalMs: 15_000,
  // Below so many rows every plan is as good as any other.
  analyzeRowsMin: 500,
};

export type Timings = Readonly<typeof productionTimings>;

/** For schedules that kill workers by the dozen: the same order of spans, an order of magnitude shorter. */
export const chaosTimings: Timings = {
  ...productionTimings,
  stripeTimeoutMs: 1_000,
  twinWaitMs: 2_000,
  leaseMs: 2_000,
  leaseRenewIntervalMs: 600,
  dispatchIntervalMs: 250,
  offerStaleMs: 1_000,
  janitorIntervalMs: 250,
  eventsListIntervalMs: 1_000,
  orphanSweepIntervalMs: 1_000,
  returnsSweepIntervalMs: 1_000,
  refundLookMs: 2_000,
  vouchWaitMs: 3_000,
  workerDrainMs: 1_500,
  stopDeadlineMs: 5_000,
  mailGatherMinMs: 0,
  mailGatherLookMs: 500,
  notifyTimeoutMs: 1_000,
  notifySlowMs: 300,
};

/**
 * The spans that a process was started with: `--timings chaos`, production's without it.
 *
 * @throws AppError `timings_refused` for another name, and for shorter spans outside test mode
 */
export function timingsOf(name: string | undefined, testMode: boolean): Timings {
  if (name === undefined || name === 'production') return productionTimings;
  if (name === 'chaos' && testMode) return chaosTimings;
  throw new AppError('timings_refused', { message: '--timings takes chaos, and that only with TEST_MODE=1' });
}
