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
import { revokeAndMove, revokeConsents, writeStop } from '../../../src/store/customer/consent-revocation.ts';
import { writeErasure } from '../../../src/store/customer/erasure.ts';
import { makeDefault, requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { refreshMethod } from '../../../src/store/customer/payment-methods.ts';
import { writeWaking } from '../../../src/store/customer/waking.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { writeResentMail } from '../../../src/store/recovery/asked-mails.ts';
import { startMessage } from '../../../src/store/recovery/messages.ts';
import { decideRun } from '../../../src/store/run/run-verbs.ts';
import { setCharging } from '../../../src/store/work/charging.ts';
import { readCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { afterPayment } from '../refunds/after-payment.ts';
import { type Scene, stage } from '../runs/lock-scene.ts';
import { runVerbs } from '../runs/run-verbs.ts';

const ROUNDS = Number(process.env.LOCK_ROUNDS ?? 4);

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
const names = Object.keys(acts) as (keyof typeof acts)[];
const verbs = runVerbs(() => store.sql);
const everyAct = { ...acts, ...verbs };
type Act = keyof typeof everyAct;
const pairs = names.flatMap((one) => names.map((other): [Act, Act] => [one, other]));

// Verbs of a run lock the run, which whoever sends holds, too; the end of a run locks its charges besides.
const sendingNames = Object.keys(sendings) as (keyof typeof sendings)[];
const sendsBeside = (['pause a run', 'end a run'] as const).flatMap((verb) =>
  [...sendingNames].map((send): [Act, Act] => [verb, send]),
);
const endsBeside = (['settle', 'cancel', 'stop', 'kill switch'] as const).map((act): [Act, Act] => [
  'end a run',
  act,
]);
const ofRuns = [...sendsBeside, ...endsBeside].flatMap(([one, other]): [Act, Act][] => [
  [one, other],
  [other, one],
]);
const isWithdrawal = (name: Act) => name in withdrawals || name in verbs;

async function play(one: Act, other: Act): Promise<void> {
  const scene = await stage(store.sql, charges.open);
  const inFlightAfter = async (name: Act) => {
    const sent = await everyAct[name](scene);
    if (!isWithdrawal(name)) return { sent: typeof sent === 'string' ? sent : null, listed: null };
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
  test.each([...pairs, ...ofRuns])('%s and %s', async (one, other) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await play(one, other);
      await setCharging(store.sql, true, { reason: 'over', by: 'robin' });
    }
  });

  test.each(['open', 'press'] as const)('%s and the decision about its group', async (name) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const scene = await stage(store.sql, charges.open, true);
      const send = sendings[name];
      const [sent, refusal] = await Promise.all([
        send(scene),
        decideRun(store.sql, scene.run, 'release', null, 'test'),
      ]);
      expect(refusal).toBeNull();
      // What came too early is sent after the decision; what was sent came after it.
      expect(sent ?? (await send(scene))).toEqual(expect.any(String));
    }
  });
});
