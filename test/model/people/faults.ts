/** What can go wrong, each with its probability per occasion. */
export type Faults = {
  /** A process dies at a step: before a statement, after it, or while it waits for Stripe. */
  readonly crash: number;
  /** A process stands still at a step, for up to 30 h, and then goes on as if nothing had happened. */
  readonly zombie: number;
  /** The connection to the database breaks around a statement, executed or not. */
  readonly database_lost: number;
  /** A statement waits for locks while other statements go on. */
  readonly lock_wait: number;
  /** A lease is not renewed though its holder lives. */
  readonly renewal_lost: number;
  readonly request_lost: number;
  readonly reply_lost: number;
  /** An answer cut off on the way, after the effect. */
  readonly reply_truncated: number;
  /** A request that reaches Stripe after its sender gave up. */
  readonly request_late: number;
  /** The socket breaks, and the SDK sends the request again by itself. */
  readonly reset: number;
  /** 5xx, stored under the key: after the effect, without it, or before an effect that comes later. */
  readonly error_after_effect: number;
  readonly error_rolled_back: number;
  readonly error_rolled_forward: number;
  /** 502 from a proxy: nothing stored, nothing done. Reads meet it too. */
  readonly bad_gateway: number;
  readonly rate_limited: number;
  /** Stripe takes seconds to a minute for a request; meanwhile the key and the object are locked. */
  readonly slow: number;
  /** No pace is left: a lease or more may pass before a confirm or create may leave. */
  readonly pace_wait: number;
  /** The list of events shows an event only later. */
  readonly event_listed_late: number;
  readonly webhook_lost: number;
  readonly webhook_duplicated: number;
  /** Days late. */
  readonly webhook_late: number;
  readonly job_lost: number;
  readonly job_duplicated: number;
};
export type Fault = keyof Faults;

const mild: Faults = {
  crash: 0.01,
  zombie: 0.006,
  database_lost: 0.004,
  lock_wait: 0.1,
  renewal_lost: 0.05,
  request_lost: 0.03,
  reply_lost: 0.04,
  reply_truncated: 0.01,
  request_late: 0.04,
  reset: 0.02,
  error_after_effect: 0.02,
  error_rolled_back: 0.01,
  error_rolled_forward: 0.01,
  bad_gateway: 0.01,
  rate_limited: 0.02,
  slow: 0.03,
  pace_wait: 0.02,
  event_listed_late: 0.1,
  webhook_lost: 0.15,
  webhook_duplicated: 0.2,
  webhook_late: 0.1,
  job_lost: 0.03,
  job_duplicated: 0.08,
};

const heavy: Faults = {
  crash: 0.04,
  zombie: 0.04,
  database_lost: 0.02,
  lock_wait: 0.2,
  renewal_lost: 0.3,
  request_lost: 0.08,
  reply_lost: 0.15,
  reply_truncated: 0.03,
  request_late: 0.15,
  reset: 0.06,
  error_after_effect: 0.08,
  error_rolled_back: 0.04,
  error_rolled_forward: 0.05,
  bad_gateway: 0.03,
  rate_limited: 0.05,
  slow: 0.1,
  pace_wait: 0.1,
  event_listed_late: 0.3,
  webhook_lost: 0.4,
  webhook_duplicated: 0.3,
  webhook_late: 0.3,
  job_lost: 0.1,
  job_duplicated: 0.2,
};

/** Machines stop for hours and days, and little else goes wrong: processes believed dead come back. */
const frozen: Faults = {
  ...mild,
  crash: 0.002,
  zombie: 0.08,
  renewal_lost: 0.3,
  error_after_effect: 0.05,
  error_rolled_forward: 0.05,
};

export const profiles = { mild, heavy, frozen } as const;
export type Profile = keyof typeof profiles;

/** Nothing goes wrong: the end of every schedule, in which it must settle. */
export const noFaults = Object.fromEntries(Object.keys(mild).map((name) => [name, 0])) as Faults;
