/** Reads the evidence of a world at rest: our tables, Stripe's logs, the inbox, and what people noted. */
import type { WebhookEvent } from '../../clients/typescript/src/client.ts';
import type { Sql } from '../../src/store/postgres/database.ts';
import { allHave } from './earlier-build.ts';
import type {
  AttemptRow,
  ChargeRow,
  Evidence,
  InboxRow,
  LeaseRow,
  LostSpan,
  MessageRow,
  RecoveryRow,
  Shown,
  StripeDebit,
  ToldRow,
  TransitionRow,
  WebhookTry,
  WordRow,
} from './evidence.ts';
import type { Asked, Merchant, Refusal, Withdrawal } from './merchant.ts';
import { stripeOf } from './payers.ts';
import type { Operator } from './people/operator.ts';
import { readReturns } from './people/returns.ts';
import type { World } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads everything once nothing moves any more. Reads Stripe's side first: otherwise a late webhook could be missing
 * from tables that were read before it came.
 */
export async function gatherEvidence(
  world: World,
  merchant: Merchant,
  operator: Operator,
): Promise<Evidence> {
  const { sql } = world;
  const { asked, withdrawals, preferred } = merchant;
  const { deliveries: tries, ...stripe } = await readStripe(world);
  const returns = await readReturns(world);
  const inbox = await rowsOf<InboxRow>(sql`select id, state, stripe_created_at from inbox_events`);
  return {
    ...datedOf(world, asked, withdrawals),
    preferred: preferred.map((one) => ({
      ...one,
      asked_ms: world.businessTime(one.asked_ms),
      acked_ms: one.acked_ms === null ? null : world.businessTime(one.acked_ms),
    })),
    typed: operator.typed,
    differences: operator.differences(),
    deeds: world.plan.deeds.map(({ kind }) => kind),
    foreign: world.foreign,
    lost: lostIn(world),
    two_creates: !allHave('request_marks', world.earlier),
    two_verdicts: !allHave('card_verdicts', world.earlier),
    emails: merchant.emails,
    inbox,
    ...(await readCharges(sql)),
    ...(await readTold(world)),
    ...{ returns, refunded: world.refunded },
    ...(await readMoves(sql)),
    ...(await readRecoveries(sql)),
    ...(await readMethods(sql)),
    shown: await everyPage<Shown>(world.api, '/v1/charges?limit=100', 'cursor'),
    cards: await readCards(world),
    ...(await readDebits(world)),
    ...stripe,
    webhooks: webhooksOf(world, tries, inbox),
    mails: world.inbox.messages().map(({ to, message_id, links, text, received_at }) => ({
      ...{ to, message_id, links, text },
      at_ms: world.businessTime(Date.parse(received_at)),
    })),
  };
}

function lostIn({ losses, businessTime }: World): LostSpan | null {
  if (losses.length === 0) return null;
  return {
    at_ms: Math.max(...losses.map(({ at_ms }) => businessTime(at_ms))),
    left: new Set(losses.flatMap(({ left }) => [...left])),
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
      await rowsOf<ChargeRow>(sql`select id, state, version, amount_minor, amount_received_minor, accepted_minor, currency, reference, customer_id,
                 consent_id, payment_method_id, follows_customer, created_at, stripe_payment_intent_id, detail, settled_at, due_at from charges order by created_at, id`),
    attempts:
      await rowsOf<AttemptRow>(sql`select charge_id, number, state, idempotency_key, stripe_payment_intent_id, request_body, payment_method_id, decline_code, consent_id,
                 started_at, sent_at, ended_at from charge_attempts order by charge_id, number`),
    breaks: await rowsOf<Evidence['breaks'][number]>(sql`select kind, entity_id, closed_by from breaks`),
    words: await rowsOf<WordRow>(sql`select verb, entity_id, stripe_id from operator_actions`),
  };
}

async function readMethods(sql: Sql): Promise<Pick<Evidence, 'owners' | 'unagreed' | 'saved'>> {
  const owners = await sql<{ id: string; customer_id: string }[]>`
    select id, customer_id from payment_methods union all select id, customer_id from consents`;
  const unagreed = await sql<{ customer_id: string }[]>`
    select customer_id from payment_methods where detail = 'evidence_missing'`;
  return {
    owners: new Map(owners.map((row) => [row.id, row.customer_id])),
    unagreed: new Set(unagreed.map((row) => row.customer_id)),
    saved: await rowsOf<Evidence['saved'][number]>(sql`
      select r.charge_id, s.payment_method_id from setups s join recoveries r on r.id = s.recovery_id
      where s.payment_method_id is not null`),
  };
}

async function readCards({ sql, simulator, secret_key }: World): Promise<Map<string, string>> {
  const stripe = stripeOf(simulator, secret_key);
  const methods = await sql<{ id: string }[]>`select id from payment_methods where type = 'card'`;
  const read = await Promise.all(
    methods.map(
      async ({ id }) => [id, (await stripe.paymentMethods.retrieve(id)).card?.fingerprint ?? id] as const,
    ),
  );
  return new Map(read);
}

const MOST = { limit: 10_000 };

async function readDebits({ sql, stripe, buyers, earlier }: World) {
  const schemes = new Map(
    buyers.flatMap(({ payment_method_id, payer: { scheme } }) =>
      scheme === undefined ? [] : [[payment_method_id, scheme] as const],
    ),
  );
  const all = await stripe.charges.list({ limit: 100 }).autoPagingToArray(MOST);
  const debits = all
    .filter(({ payment_method }) => schemes.has(payment_method ?? ''))
    .map(
      ({
        id,
        status,
        failure_code,
        disputed,
        created,
        metadata,
        payment_intent,
        payment_method,
      }): StripeDebit => ({
        ...{ id, status, failure_code, disputed },
        charge_id: metadata.dc_charge ?? '',
        payment_intent: String(payment_intent),
        payment_method: String(payment_method),
        created_ms: created * 1_000,
      }),
    )
    .reverse();
  const notices = allHave('debits', earlier)
    ? await sql<{ id: string; charge_id: string }[]>`select id, charge_id from notices`
    : [];
  return { schemes, debits, notices: new Map(notices.map(({ id, charge_id }) => [id, charge_id])) };
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
    messages: await rowsOf<MessageRow>(sql`select id, state, recovery_id, step, served_by from messages`),
    leases:
      await rowsOf<LeaseRow>(sql`select 'charge' as entity, id, state, lease_until > clock_timestamp() as is_held from charges
          where lease_until is not null
          union all
          select 'recovery', id, state, lease_until > clock_timestamp() from recoveries where lease_until is not null
          union all
          select 'message', id, state, lease_until > clock_timestamp() from messages where lease_until is not null
          union all
          select 'notice', id, state, lease_until > clock_timestamp() from notices where lease_until is not null`),
  };
}

/** Rows where commits were lost: the merchant was told of what is gone as well. */
async function readTold(world: World): Promise<Pick<Evidence, 'told' | 'feed' | 'received'>> {
  const { sql, api, receiver, earlier, losses } = world;
  const rows = await rowsOf<ToldRow>(sql`select object_id, version, type from events order by id`);
  if (!allHave('endpoints', earlier)) return { told: rows, feed: [], received: null };
  const { events, refused } = receiver;
  const came = [...events.values()]
    .filter(({ data: { object } }) => object.object === 'charge' || object.object === 'refund')
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ type, version, data }) => ({ object_id: data.object.id, version, type }));
  return {
    told: losses.length > 0 ? rows : came,
    feed: await everyPage<WebhookEvent>(api, '/v1/events?limit=100', 'after'),
    received: { events, refused, led_astray: receiver.led_astray() },
  };
}

async function everyPage<T>(api: World['api'], path: string, from: 'after' | 'cursor'): Promise<T[]> {
  const rows: T[] = [];
  let cursor = '';
  for (;;) {
    const { status, body } = await api.get(`${path}${cursor}`);
    if (status !== 200) return rows;
    rows.push(...(body.data as T[]));
    if (body.has_more === false || typeof body.next_cursor !== 'string') return rows;
    cursor = `&${from}=${body.next_cursor}`;
  }
}

async function readStripe({ simulator, secret_key, businessTime, latestBusinessTime }: World) {
  const deliveries = await simulator.control.deliveries(secret_key);
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const requests = await simulator.control.requests(secret_key);
  return {
    deliveries,
    ledger: payment_intents,
    requests: requests.map(({ at, ...request }) => ({
      ...request,
      at_ms: businessTime(Date.parse(at)),
      latest_ms: latestBusinessTime(Date.parse(at)),
    })),
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
    return { event, status, duplicate, reordered, late_ms: at_ms - (created.get(event) ?? at_ms), at_ms };
  });
}
