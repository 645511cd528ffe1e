/** Where the events of every account go, besides the endpoints that an account creates through the API. */
export interface WebhookTarget {
  url: string;
  /** Signing secret, used whole, `whsec_` included. Two secrets sign twice, as during a roll. */
  secret: string | readonly string[];
  /** Event types, or `*`. */
  enabled_events?: readonly string[];
}

/** Requests per second, one token bucket for the account and one for each endpoint. */
export interface RateLimits {
  account: number;
  endpoint: number;
}

/** The settings of one simulator. Everything that Stripe does not document is one of them. */
export interface Options {
  /** 0 takes a free port. */
  port: number;
  host: string;
  /** `manual` stands still until moved; `real` runs, and can be moved as well. */
  clock: 'real' | 'manual';
  /** Ids and random choices repeat for the same seed, per account. */
  seed: number;
  /** Real time between reading a request and executing it, with the object locked. */
  latencyMs: number | readonly [number, number];
  limits: 'off' | 'sandbox' | 'live' | RateLimits;
  /** Base of the addresses that customers get, if it is not the listening address. */
  publicUrl: string | undefined;
  webhooks: readonly WebhookTarget[];
  /** Whether a confirm that could redirect must name a `return_url`. */
  returnUrlCheck: 'strict' | 'off';
  /** Both bodies are seen in the wild for an off-session challenge. */
  authRequiredShape: 'authentication_required' | 'card_declined';
  /**
   * Where a failed debit's reason stands: on its charge alone, as recorded, or as the error's code as well, for the
   * reasons that the SDK lists there.
   */
  debitFailureShape: 'on_charge' | 'in_code';
  /** Whether an off-session challenge leaves a failed charge: it did in 2023, and leaves none since 2026. */
  challengeLeaves: 'charge' | 'nothing';
  /** Whether a code that says all, such as `expired_card`, comes with a decline code that repeats it. */
  declineCodes: 'always' | 'where_listed';
  /** What a SetupIntent made for `on_session` says of its usage: in 2026 a recorded one says `off_session`. */
  setupUsage: 'as_asked' | 'off_session';
  /**
   * Stripe's fingerprint is of the card's number. Where a test card stands for many people's cards, each payment method has one
   * of its own.
   */
  fingerprints: 'of_number' | 'of_method';
  /** Stripe cancels a PaymentIntent after an undisclosed number of confirms. */
  maxConfirms: number | undefined;
  /** Real time a second mutation waits for an object before 429 `lock_timeout`. */
  lockWaitMs: number;
  /**
   * When a bank answers a debit: as Stripe's page of test accounts says, at once or after three minutes; or after the bank days
   * that its scheme takes.
   */
  debitTiming: 'test_accounts' | 'scheme_days';
  /** What a confirm on a mandate does that its bank has not confirmed: Stripe's page says how long it takes, no recording shows it. */
  pendingMandates: 'debited' | 'refused';
  /** Simulator time until an "immediate" bank debit, refund or refund failure takes effect. */
  asyncDelayMs: number;
  /** Simulator time between the tries of one webhook delivery. */
  retryProfile: 'default' | 'live';
  /** `off` keeps no request and no delivery log: for long benchmarks. */
  logs: 'on' | 'off';
}

export const RATE_LIMITS = {
  sandbox: { account: 25, endpoint: 25 },
  live: { account: 100, endpoint: 25 },
} as const satisfies Record<string, RateLimits>;

const DEFAULTS: Options = {
  port: 0,
  host: '127.0.0.1',
  clock: 'real',
  seed: 1,
  latencyMs: 0,
  limits: 'off',
  publicUrl: undefined,
  webhooks: [],
  returnUrlCheck: 'strict',
  authRequiredShape: 'authentication_required',
  debitFailureShape: 'on_charge',
  challengeLeaves: 'nothing',
  declineCodes: 'always',
  setupUsage: 'off_session',
  fingerprints: 'of_number',
  maxConfirms: undefined,
  lockWaitMs: 0,
  debitTiming: 'test_accounts',
  pendingMandates: 'debited',
  asyncDelayMs: 1000,
  retryProfile: 'default',
  logs: 'on',
};

/** What `startSimulator` takes: any part of the options. */
export type SimulatorOptions = { [K in keyof Options]?: Options[K] | undefined };

/** Fills in the defaults. */
export function withDefaults(given: SimulatorOptions): Options {
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(named) };
}
