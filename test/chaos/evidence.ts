/**
 * What the verdict rests on: our tables, Stripe's ledger and logs, the customers' inbox, and the merchant's own record
 * of the answers it got. All of it is plain data, so that a test can change one thing and show that each invariant
 * notices.
 */
import type { Sql } from '../../src/store/postgres/database.ts';
import type { Asked, Merchant, Refusal, Withdrawal } from './merchant.ts';
import type { World } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

export type ChargeRow = {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly amount_minor: number;
  readonly amount_received_minor: number | null;
  readonly currency: string;
  readonly reference: string | null;
  readonly customer_id: string;
  readonly consent_id: string;
  readonly payment_method_id: string;
  readonly created_at: Date;
  readonly stripe_payment_intent_id: string | null;
  readonly detail: string | null;
  readonly settled_at: Date | null;
  readonly due_at: Date | null;
};
export type AttemptRow = {
  readonly charge_id: string;
  readonly number: number;
  readonly state: string;
  readonly idempotency_key: string;
  readonly stripe_payment_intent_id: string;
  readonly request_body: string;
  readonly payment_method_id: string;
  readonly started_at: Date;
  /** When it was last let go. */
  readonly sent_at: Date;
  readonly ended_at: Date | null;
};
export type TransitionRow = {
  readonly id: number;
  readonly entity: string;
  readonly entity_id: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly version: number;
  readonly cause_reference: string | null;
  readonly at: Date;
};
export type DeliveryRow = {
  readonly entity: string;
  readonly entity_id: string;
  readonly version: number;
  readonly type: string;
};
export type RecoveryRow = {
  readonly id: string;
  readonly state: string;
  readonly charge_id: string;
};
export type MessageRow = {
  readonly id: string;
  readonly state: string;
  readonly recovery_id: string;
  readonly step: string;
};
export type InboxRow = { readonly id: string; readonly state: string; readonly stripe_created_at: Date };
export type LeaseRow = {
  readonly entity: string;
  readonly id: string;
  readonly state: string;
  readonly is_held: boolean;
};

/** As the simulator reports it. */
export type LedgerRow = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  readonly successes: number;
  readonly metadata: Readonly<Record<string, string>>;
};
export type StripeRequest = {
  readonly method: string;
  readonly path: string;
  readonly idempotency_key: string | null;
  readonly body: string;
  readonly status: number | null;
  /** Business time, milliseconds. */
  readonly at_ms: number;
};
export type WebhookTry = {
  readonly event: string;
  readonly status: number | null;
  readonly duplicate: boolean;
  readonly reordered: boolean;
  /** How long after the event, in business time. */
  readonly late_ms: number;
};
export type Mail = { readonly to: string; readonly message_id: string; readonly links: readonly string[] };
/** What `GET /v1/charges/:id` says at the end. */
export type Shown = { readonly id: string; readonly status: string };

/** Business time, milliseconds. */
export type Span = { readonly from_ms: number; readonly to_ms: number };

export type Evidence = {
  readonly asked: readonly Asked[];
  readonly withdrawals: readonly Withdrawal[];
  /** When requests to Stripe may have been held back on the wire for longer than their senders waited. */
  readonly slow: readonly Span[];
  readonly emails: ReadonlyMap<string, string>;
  /** Methods and consents to their customers. */
  readonly owners: ReadonlyMap<string, string>;
  /** Charges to the methods that their recoveries saved. */
  readonly saved: readonly { readonly charge_id: string; readonly payment_method_id: string }[];
  readonly charges: readonly ChargeRow[];
  readonly attempts: readonly AttemptRow[];
  readonly transitions: readonly TransitionRow[];
  readonly allowed: ReadonlySet<string>;
  /** `entity/state` -> the status that the merchant sees. */
  readonly statuses: ReadonlyMap<string, string>;
  readonly deliveries: readonly DeliveryRow[];
  readonly recoveries: readonly RecoveryRow[];
  readonly messages: readonly MessageRow[];
  readonly inbox: readonly InboxRow[];
  readonly leases: readonly LeaseRow[];
  readonly breaks: readonly { readonly kind: string; readonly entity_id: string }[];
  readonly shown: readonly Shown[];
  readonly ledger: readonly LedgerRow[];
  readonly requests: readonly StripeRequest[];
  readonly webhooks: readonly WebhookTry[];
  readonly mails: readonly Mail[];
};

/**
 * Reads everything once nothing moves any more. Reads Stripe's side first: otherwise a late webhook could be missing
 * from tables that were read before it came.
 */
export async function gatherEvidence(world: World, merchant: Merchant): Promise<Evidence> {
  const { sql } = world;
  const { asked, withdrawals } = merchant;
  const { deliveries: tries, ...stripe } = await readStripe(world);
  const inbox = await rowsOf<InboxRow>(sql`select id, state, stripe_created_at from inbox_events`);
  return {
    ...datedOf(world, asked, withdrawals),
    slow: world.proxies.stripe.held.map((span) => ({
      from_ms: world.businessTime(span.from_ms),
      to_ms: world.businessTime(span.to_ms),
    })),
    emails: new Map(world.buyers.map((buyer) => [buyer.id, buyer.email])),
    inbox,
    ...(await readCharges(sql)),
    ...(await readMoves(sql)),
    ...(await readRecoveries(sql)),
    ...(await readMethods(sql)),
    shown: await readShown(world),
    ...stripe,
    webhooks: webhooksOf(world, tries, inbox),
    mails: world.inbox.messages().map(({ to, message_id, links }) => ({ to, message_id, links })),
  };
}

/** The merchant's times by the clock of the rows. */
function datedOf(
  { businessTime }: World,
  asked: readonly Asked[],
  withdrawals: readonly Withdrawal[],
): Pick<Evidence, 'asked' | 'withdrawals'> {
  const dated = (at_ms: number | null) => (at_ms === null ? null : businessTime(at_ms));
  return {
    asked: asked.map((one) => ({
      ...one,
      refused: one.refused.map((refusal): Refusal => ({ ...refusal, at_ms: businessTime(refusal.at_ms) })),
    })),
    withdrawals: withdrawals.map((one) => ({
      ...one,
      asked_ms: businessTime(one.asked_ms),
      acked_ms: dated(one.acked_ms),
      lifted_ms: dated(one.lifted_ms),
    })),
  };
}

async function rowsOf<T>(query: PromiseLike<readonly Row[]>): Promise<T[]> {
  return [...(await query)] as T[];
}

async function readCharges(sql: Sql) {
  return {
    charges:
      await rowsOf<ChargeRow>(sql`select id, state, version, amount_minor, amount_received_minor, currency, reference, customer_id,
                 consent_id, payment_method_id, created_at, stripe_payment_intent_id, detail, settled_at, due_at from charges order by created_at, id`),
    attempts:
      await rowsOf<AttemptRow>(sql`select charge_id, number, state, idempotency_key, stripe_payment_intent_id, request_body, payment_method_id,
                 started_at, sent_at, ended_at from charge_attempts order by charge_id, number`),
    deliveries: await rowsOf<DeliveryRow>(
      sql`select entity, entity_id, version, type from deliveries order by id`,
    ),
    breaks: await rowsOf<Evidence['breaks'][number]>(sql`select kind, entity_id from breaks`),
  };
}

async function readMethods(sql: Sql): Promise<Pick<Evidence, 'owners' | 'saved'>> {
  const owners = await sql<{ id: string; customer_id: string }[]>`
    select id, customer_id from payment_methods union all select id, customer_id from consents`;
  return {
    owners: new Map(owners.map((row) => [row.id, row.customer_id])),
    saved: await rowsOf<Evidence['saved'][number]>(sql`
      select r.charge_id, s.payment_method_id from setups s join recoveries r on r.id = s.recovery_id
      where s.payment_method_id is not null`),
  };
}

async function readMoves(sql: Sql) {
  const transitions = await rowsOf<TransitionRow>(
    sql`select id, entity, entity_id, from_state, to_state, version, cause_reference, at from transitions order by id`,
  );
  const allowed = await sql<{ move: string }[]>`
    select entity || '/' || from_state || '/' || to_state as move from allowed_transitions`;
  const states = await sql<{ state: string; status: string }[]>`
    select entity || '/' || state as state, status from states`;
  return {
    transitions,
    allowed: new Set(allowed.map((row) => row.move)),
    statuses: new Map(states.map((row) => [row.state, row.status])),
  };
}

async function readRecoveries(sql: Sql) {
  return {
    recoveries: await rowsOf<RecoveryRow>(sql`select id, state, charge_id from recoveries`),
    messages: await rowsOf<MessageRow>(sql`select id, state, recovery_id, step from messages`),
    leases:
      await rowsOf<LeaseRow>(sql`select 'charge' as entity, id, state, lease_until > clock_timestamp() as is_held from charges
          where lease_until is not null
          union all
          select 'recovery', id, state, lease_until > clock_timestamp() from recoveries where lease_until is not null
          union all
          select 'message', id, state, lease_until > clock_timestamp() from messages where lease_until is not null`),
  };
}

async function readShown({ api }: World): Promise<Shown[]> {
  const shown: Shown[] = [];
  let cursor = '';
  for (;;) {
    const { status, body } = await api.get(`/v1/charges?limit=100${cursor}`);
    if (status !== 200) return shown;
    shown.push(...(body.data as Shown[]));
    if (typeof body.next_cursor !== 'string') return shown;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

async function readStripe({ simulator, secret_key, businessTime }: World) {
  const deliveries = await simulator.control.deliveries(secret_key);
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const requests = await simulator.control.requests(secret_key);
  return {
    deliveries,
    ledger: payment_intents,
    requests: requests.map(({ at, ...request }) => ({ ...request, at_ms: businessTime(Date.parse(at)) })),
  };
}

function webhooksOf(
  { businessTime }: World,
  deliveries: Awaited<ReturnType<typeof readStripe>>['deliveries'],
  inbox: readonly InboxRow[],
): WebhookTry[] {
  const created = new Map(inbox.map((row) => [row.id, row.stripe_created_at.getTime()]));
  return deliveries.map(({ event, status, duplicate, reordered, at }) => {
    const at_ms = businessTime(Date.parse(at));
    return { event, status, duplicate, reordered, late_ms: at_ms - (created.get(event) ?? at_ms) };
  });
}
