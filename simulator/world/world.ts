import type Stripe from 'stripe';
import type { SchemeAccount } from '../debits/schemes.ts';
import type { Decline, ScriptedDecline } from '../declines.ts';
import type { Delivery, Mailer } from '../events/deliver.ts';
import type { FaultBook } from '../http/faults.ts';
import type { KeyEntry } from '../http/idempotency.ts';
import type { Buckets } from '../http/limiter.ts';
import type { Locks } from '../http/locks.ts';
import type { ApiKey } from '../http/permissions.ts';
import type { LoggedRequest } from '../http/request-log.ts';
import type { Acceptance } from '../http/shapes.ts';
import type { CardOptions } from '../machines/offer.ts';
import type { Card } from '../magic.ts';
import type { Options } from '../options.ts';
import type { Wire } from '../wire-type.ts';
import type { Clock } from './clock.ts';
import { type Random, randomFrom } from './random.ts';
import { newTable, type Row, type Table } from './table.ts';

/** One simulator: its settings, its time, and every account in it. */
export interface World {
  readonly options: Options;
  readonly clock: Clock;
  /** For choices that belong to no account: latency, delivery faults, fault probability. */
  readonly random: Random;
  readonly accounts: Map<string, Account>;
  /** Restricted keys, and keys that were revoked. */
  readonly apiKeys: Map<string, ApiKey>;
  readonly faults: FaultBook;
  readonly requests: LoggedRequest[];
  readonly deliveries: Delivery[];
  readonly mailer: Mailer;
  /** Base address of the pages, known once the server listens. */
  url: string;
}

export interface CustomerRow extends Row<Wire<Stripe.Customer>> {
  deleted: boolean;
}

export interface PaymentMethodRow extends Row<Wire<Stripe.PaymentMethod>> {
  behaviour: { kind: 'card'; card: Card } | { kind: 'bank'; bank: SchemeAccount };
  /** The use the customer authenticated it for, by a SetupIntent or by `setup_future_usage`. */
  setUpFor: 'off_session' | 'on_session' | null;
  mandate: string | null;
  /** Detached, or used to pay while attached to no customer: never usable again. */
  spent: boolean;
  script: ScriptedOutcome[];
}

/** What a script says about one attempt. */
export type ScriptedOutcome = string | ScriptedDecline;

export interface SetupIntentRow extends Row<Wire<Stripe.SetupIntent>> {
  confirms: number;
  session: SessionRow | null;
  /** Where the customer went after a challenge that is over. */
  returnUrl: string | null;
  /** Its session's currency, from which the offered payment methods are computed. */
  currency: string | null;
  /** The customer's acceptance of the mandate, kept while they are at the bank. */
  acceptance: Acceptance | null;
  singleUse: { amount: number; currency: string } | null;
}

export interface PaymentIntentRow extends Row<Wire<Stripe.PaymentIntent>> {
  /** Confirms that were executed: neither replays nor refusals. */
  confirms: number;
  /** Its charges that took or hold money: at most one, whatever happens. */
  successes: number;
  session: SessionRow | null;
  /** Confirmed on the page: what happens once the customer has passed the challenge. */
  challenge: { payment_method: string; afterwards: Decline | null; mandate: string | null } | null;
  /** Where the customer went after a challenge that is over. */
  returnUrl: string | null;
  /** Times of its updates within the last hour. */
  updates: number[];
}

export interface ChargeRow extends Row<Wire<Stripe.Charge>> {
  refunds: RefundRow[];
  dispute: DisputeRow | null;
}

export interface SessionRow extends Row<Wire<Stripe.Checkout.Session>> {
  intent: IntentSeed;
  lines: Wire<Stripe.LineItem>[];
  /** What Checkout sets on the method it saves. */
  redisplay: 'always' | 'limited' | 'unspecified';
  options: CardOptions;
  /** Stops the timer that expires it. */
  unschedule: () => void;
  /** What the last try on its page failed with. */
  lastError: string | null;
  /** Called whenever its intent has moved. */
  moved: (context: Context) => void;
}

/** What a session does with its intent once the customer submits. */
export interface IntentSeed {
  metadata: Record<string, string>;
  description: string | null;
  capture_method: 'automatic' | 'automatic_async' | 'manual';
  setup_future_usage: 'off_session' | 'on_session' | null;
}

export type RefundRow = Row<Wire<Stripe.Refund>>;
export type DisputeRow = Row<Wire<Stripe.Dispute>>;
export type FraudWarningRow = Row<Wire<Stripe.Radar.EarlyFraudWarning>>;
export type MandateRow = Row<Wire<Stripe.Mandate>>;
export type SetupAttemptRow = Row<Wire<Stripe.SetupAttempt>>;
export type BalanceTransactionRow = Row<Wire<Stripe.BalanceTransaction>>;
export type WebhookEndpointRow = Row<Wire<Stripe.WebhookEndpoint>> & { secret: string };

export interface EventRow {
  value: { id: string; created: number };
  type: string;
  object: { id: string; object: string };
  previous: Record<string, unknown> | null;
  request: EventRequest | null;
  /** Endpoints it was posted to. */
  posted: number;
  /** Those of them that have not accepted it. */
  pending: number;
  /** Deliveries abandoned after the last retry. */
  failed: number;
}

/** The API request that an event follows from; null for timers and pages. */
export interface EventRequest {
  id: string;
  idempotency_key: string | null;
}

/** Everything that one secret key sees. */
export interface Account {
  readonly id: string;
  readonly secretKey: string;
  readonly random: Random;
  readonly customers: Table<CustomerRow>;
  readonly paymentMethods: Table<PaymentMethodRow>;
  readonly setupIntents: Table<SetupIntentRow>;
  readonly setupAttempts: Table<SetupAttemptRow>;
  readonly paymentIntents: Table<PaymentIntentRow>;
  readonly charges: Table<ChargeRow>;
  readonly sessions: Table<SessionRow>;
  readonly mandates: Table<MandateRow>;
  readonly refunds: Table<RefundRow>;
  readonly disputes: Table<DisputeRow>;
  readonly fraudWarnings: Table<FraudWarningRow>;
  readonly balanceTransactions: Table<BalanceTransactionRow>;
  readonly webhookEndpoints: Table<WebhookEndpointRow>;
  readonly events: Table<EventRow>;
  readonly keys: Map<string, KeyEntry>;
  readonly buckets: Buckets;
  readonly locks: Locks;
}

/** The account and request on whose behalf something happens. */
export interface Context {
  readonly world: World;
  readonly account: Account;
  readonly request: EventRequest | null;
}

/** The account of a secret key, created on first use. */
export function accountOf(world: World, secretKey: string): Account {
  const known = world.accounts.get(secretKey);
  if (known !== undefined) return known;
  const made = newAccount(world.options.seed, secretKey);
  world.accounts.set(secretKey, made);
  return made;
}

function newAccount(seed: number, secretKey: string): Account {
  const random = randomFrom(seed, secretKey);
  return {
    id: random.id('acct_1', 15),
    secretKey,
    random,
    customers: newTable(),
    paymentMethods: newTable(),
    setupIntents: newTable(),
    setupAttempts: newTable(),
    paymentIntents: newTable(),
    charges: newTable(),
    sessions: newTable(),
    mandates: newTable(),
    refunds: newTable(),
    disputes: newTable(),
    fraudWarnings: newTable(),
    balanceTransactions: newTable(),
    webhookEndpoints: newTable(),
    events: newTable(),
    keys: new Map(),
    buckets: new Map(),
    locks: new Map(),
  };
}
