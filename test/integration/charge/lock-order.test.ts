/**
 * Every two statements that lock the same rows, at once and in both orders: none deadlocks but what is sent again, and
 * nobody is told wrongly. `LOCK_ROUNDS=200` plays each pair that often.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { type ChargeStatements, chargeStatements } from '../../../src/store/charge/charge-statements.ts';
import { requestClose } from '../../../src/store/charge/close-requests.ts';
import { listInFlight } from '../../../src/store/charge/in-flight.ts';
import { chooseMethod } from '../../../src/store/charge/method-choice.ts';
import type { AttemptOpening } from '../../../src/store/charge/open-attempt.ts';
import { revokeAndMove, revokeConsents, writeStop } from '../../../src/store/customer/consent-revocation.ts';
import { writeErasure } from '../../../src/store/customer/erasure.ts';
import { makeDefault, requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { refreshMethod } from '../../../src/store/customer/payment-methods.ts';
import { writeWaking } from '../../../src/store/customer/waking.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { writeResentMail } from '../../../src/store/recovery/asked-mails.ts';
import { startMessage } from '../../../src/store/recovery/messages.ts';
import { setCharging } from '../../../src/store/work/charging.ts';
import { claimRows } from '../../../src/store/work/obligations.ts';
import { readCharge, type SeededCharge, seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { afterPayment } from '../refunds/after-payment.ts';

const ROUNDS = Number(process.env.LOCK_ROUNDS ?? 4);
const LEASE = { lease_ms: 60_000, due_only: false };

let database: TestDatabase;
let store: Database;
let charges: ChargeStatements;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 12 });
  charges = chargeStatements(store.sql, { rows_max: 100, wait_ms: 0 }, () => {});
});

afterEach(() => setCharging(store.sql, true, { reason: 'over', by: 'robin' }));

afterAll(async () => {
  await store.close();
  await database.drop();
});

/**
 * A customer with a charge to open, one to send again and settle, and one to press; all follow the customer with one card
 * and consent, and another card with its own is there.
 */
type Scene = {
  readonly customer: string;
  readonly consent: string;
  readonly method: string;
  readonly otherMethod: string;
  readonly toOpen: AttemptOpening;
  readonly toSend: AttemptOpening;
  readonly toPress: AttemptOpening;
};

async function stage(): Promise<Scene> {
  const first = await seedCharge(store.sql);
  const { customer_id, consent_id } = first;
  const method = (await readCharge(store.sql, first.id))?.method.id ?? '';
  const [second, third] = [`${first.id}s`, `${first.id}p`];
  await store.sql`
    insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, follows_customer,
                         amount_minor, currency, livemode, description)
    select i.id, i.state, dc_now(), ${customer_id}, ${method}, ${consent_id}, true, 1250, 'eur', false, 'Staged'
    from (values (${second}, 'queued'), (${third}, 'action_required')) as i (id, state)`;
  await store.sql`
    insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, link_nonce)
    values (${`rec_${third}`}, 'open', ${third}, 'authenticate', ${method}, dc_now() + interval '1 day', 'n')`;
  const otherMethod = `pm_other_${first.id}`;
  await store.sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    values (${`cns_${first.id}`}, ${customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '2', now())`;
  await store.sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage)
    values (${otherMethod}, 'usable', ${customer_id}, ${`cns_${first.id}`}, 'card', 'off_session')`;
  await store.sql`update charges set follows_customer = true where id = ${first.id}`;
  await store.sql`update customers set default_payment_method_id = ${method} where id = ${customer_id}`;
  const ids = [first.id, second, third];
  const claimed = await claimRows(
    store.sql,
    'charge',
    ids.map((id) => ({ id, token: randomUUID() })),
    LEASE,
  );
  const held = (id: string) => {
    const row = claimed.find((one) => one.id === id);
    if (row === undefined) throw new Error(`${id} was not claimed`);
    return { charge_id: id, lease_number: row.lease_number };
  };
  const scene = {
    customer: customer_id,
    consent: consent_id,
    method,
    otherMethod,
    toOpen: opening(held(first.id), first, method, null),
    toSend: opening(held(second), first, method, null),
    toPress: opening(held(third), first, method, `rec_${third}`),
  };
  expect((await charges.open(scene.toSend)).opened).toBe(true);
  return scene;
}

function opening(
  { charge_id, lease_number }: { charge_id: string; lease_number: number },
  { consent_id }: SeededCharge,
  payment_method_id: string,
  recovery_id: string | null,
): AttemptOpening {
  return {
    charge_id,
    lease_number,
    payment_intent_id: `pi_${charge_id}`,
    cause: 'worker',
    cause_reference: 'test',
    attempt: {
      number: 1,
      kind: recovery_id === null ? 'off_session' : 'on_session',
      idempotency_key: `dc1:${charge_id}:confirm:1`,
      payment_method_id,
      consent_id,
      chosen: recovery_id === null,
      moves: false,
      request_body: `payment_method=${payment_method_id}`,
      api_version: '2026-10-28.endive',
      opened_status: 'requires_payment_method',
      opened_latest_charge: null,
      number_max: 5,
      future_use: false,
      recovery_id,
    },
  };
}

const succeeded: ChargePlan = {
  state: 'succeeded',
  due_in_ms: null,
  detail: null,
  amount_received_minor: 1_250,
  attempt: { number: 1, state: 'succeeded', codes: null, stripe_charge_id: null, note: null },
  recovery: null,
};

async function settle({ toSend, method }: Scene): Promise<void> {
  const context = await readCharge(store.sql, toSend.charge_id);
  // What has ended is settled by nobody: the plan of such a fact is that it is stale.
  if (context?.charge.state === 'succeeded') return;
  await charges.settle({
    charge_id: toSend.charge_id,
    revision: context?.charge.revision ?? 0,
    // Something is written about the card, too.
    plan: {
      ...succeeded,
      card: { payment_method_id: method, tried_at: new Date(), said: 'paid_by_owner' },
    },
    cause: 'webhook',
    cause_reference: 'evt_1',
    stripe_request_id: null,
  });
}

const resending = ({ toSend, method, consent }: Scene) => ({
  charge_id: toSend.charge_id,
  lease_number: toSend.lease_number,
  number: 1,
  kind: 'off_session' as const,
  payment_method_id: method,
  consent_id: consent,
});

/** What lets a confirm go; the answer is the charge whose confirm it lets go. */
const sendings = {
  open: async ({ toOpen }: Scene) => ((await charges.open(toOpen)).opened ? toOpen.charge_id : null),
  'send again': async (scene: Scene) =>
    (await charges.permitResending(resending(scene))) ? scene.toSend.charge_id : null,
  press: async ({ toPress }: Scene) => ((await charges.open(toPress)).opened ? toPress.charge_id : null),
};

const request = { as: 'canceled', detail: null, recovery: 'revoked', cause: 'api' } as const;
const everyCharge = ({ toOpen, toSend, toPress }: Scene) =>
  [toOpen, toSend, toPress].map(({ charge_id }) => charge_id);

const withdrawals = {
  cancel: (scene: Scene) =>
    requestClose(store.sql, everyCharge(scene), { ...request, cause_reference: 'test' }),
  revoke: ({ consent }: Scene) => revokeConsents(store.sql, [consent], 'test'),
  move: ({ consent }: Scene) => revokeAndMove(store.sql, consent, 'test'),
  stop: ({ customer }: Scene) => writeStop(store.sql, customer, 'test'),
  detach: ({ method }: Scene) => requestDetach(store.sql, method, 'test'),
  'kill switch': () => setCharging(store.sql, false, { reason: 'test', by: 'robin' }),
};

/** One step of what a customer owes their waiting charges. */
async function wake({ customer, toPress }: Scene): Promise<void> {
  const [row] = await store.sql<{ id: string; revision: number; lease_number: number; waking: string[] }[]>`
    select id, revision, lease_number, waking from customers where id = ${customer}`;
  const charge = (await readCharge(store.sql, toPress.charge_id))?.charge;
  if (row === undefined || charge === undefined) throw new Error('the scene is not staged');
  const { id, revision, lease_number, waking } = row;
  await writeWaking(store.sql, { id, lease_number }, { revision, waking, wake: charge, due_in_ms: null });
}

/** Another default of the customer's. */
async function choose({ otherMethod }: Scene): Promise<void> {
  await makeDefault(store.sql, otherMethod);
}

/** The merchant names another card for one charge. */
async function name({ toOpen, otherMethod }: Scene): Promise<void> {
  const { charge_id } = toOpen;
  await chooseMethod(store.sql, { charge_id, payment_method_id: otherMethod, cause_reference: 'test' });
}

/** The card is read at Stripe, which shows whose it is, and renewed. */
async function refresh({ method: id }: Scene): Promise<void> {
  const card = { brand: 'visa', last4: '4242', exp_month: 1, exp_year: 2_031 };
  const shown = { type: 'card', customer: 'cus_1', livemode: false, allow_redisplay: null };
  await refreshMethod(
    store.sql,
    { id, ...shown, card, bank: null, has_address: false, card_mark: 'one_of_many' },
    'evt_1',
  );
}

/** The mail about the charge that waits for its customer is started. */
async function mail({ toPress }: Scene): Promise<void> {
  const id = `msg_${toPress.charge_id}`;
  await store.sql`
    insert into messages (id, state, due_at, recovery_id, step)
    values (${id}, 'queued', dc_now(), ${`rec_${toPress.charge_id}`}, ${'resent_0'}) on conflict do nothing`;
  await startMessage(store.sql, { id, lease_number: 0, wait_ms: 0 }, productionTimings);
}

/** An operator asks for one more. */
async function resend({ toPress: { charge_id } }: Scene): Promise<void> {
  const message = { charge_id, key_id: 'k1', message_id: `msg_${randomUUID()}`, revokes: true };
  await writeResentMail(store.sql, message, productionTimings);
}

/** The person asks to be forgotten: refused, because they owe something. */
async function erase({ customer }: Scene): Promise<void> {
  const erased = await writeErasure(store.sql, customer, productionTimings, 'test');
  expect(erased.outcome).toBe('charges_open');
}

const after = afterPayment(() => store.sql);
const acts = {
  ...sendings,
  ...withdrawals,
  ...after,
  settle,
  wake,
  choose,
  name,
  refresh,
  mail,
  resend,
  erase,
};
type Act = keyof typeof acts;
const names = Object.keys(acts) as Act[];
const pairs = names.flatMap((one) => names.map((other): [Act, Act] => [one, other]));

async function play(one: Act, other: Act): Promise<void> {
  const scene = await stage();
  const inFlightAfter = async (name: Act) => {
    const sent = await acts[name](scene);
    if (!(name in withdrawals)) return { sent: typeof sent === 'string' ? sent : null, listed: null };
    return { sent: null, listed: await listInFlight(store.tables, 'customer', scene.customer) };
  };
  const answers = await Promise.all([inFlightAfter(one), inFlightAfter(other)]);
  await setCharging(store.sql, !([one, other] as string[]).includes('kill switch'), {
    reason: 'test',
    by: 'robin',
  });
  // What was let go beside a withdrawal is what it named, unless it has ended; and after both nothing goes any more.
  for (const { listed } of answers) {
    if (listed === null) continue;
    const ended = [one, other].includes('settle') ? scene.toSend.charge_id : '';
    for (const { sent } of answers) if (sent !== null && sent !== ended) expect(listed).toContain(sent);
    for (const [name, send] of Object.entries(sendings)) {
      const opensAnew = answers.every(({ sent }) => sent === null) || name === 'send again';
      if (opensAnew) expect(await send(scene), `${name} after ${one} and ${other}`).toBeNull();
    }
  }
}

describe(`two at once, ${ROUNDS} rounds each`, () => {
  test.each(pairs)('%s and %s', async (one, other) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await play(one, other);
      await setCharging(store.sql, true, { reason: 'over', by: 'robin' });
    }
  });
});
