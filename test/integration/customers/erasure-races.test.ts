/** An erasure beside whatever else is written of the same person: it comes before, or after, and nothing is left between. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { insertCharge } from '../../../src/store/charge/charge-intake.ts';
import { insertAdoption } from '../../../src/store/customer/adoption.ts';
import { resumeCustomer, writeStop } from '../../../src/store/customer/consent-revocation.ts';
import { changeCustomer } from '../../../src/store/customer/customer-changes.ts';
import { writeErasure } from '../../../src/store/customer/erasure.ts';
import { makeDefault, requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { refreshMethod } from '../../../src/store/customer/payment-methods.ts';
import { insertSetup } from '../../../src/store/setup/setup-intake.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';

const ROUNDS = Number(process.env.LOCK_ROUNDS ?? 4);
const IP = '203.0.113.77';
const FRESH = 'robin.fresh@example.test';

let world: World;
let payer: SavedCustomer;

beforeAll(async () => {
  world = await createWorld();
  // The pool opens connections only when it must.
  await Promise.all(Array.from({ length: 4 }, () => world.sql`select pg_sleep(0.05)`));
});
afterAll(() => world.close());
beforeEach(async () => {
  payer = await world.customer('pm_card_visa');
});

const keyed = (route: string) => {
  const key = randomUUID();
  return { route, key, request_hash: createHash('sha256').update(key).digest() };
};
const consent = () => ({
  ...{ id: randomId('cns'), scope: 'off_session' as const, frequency: 'recurring' as const },
  ...{ amount_basis: 'as metered', text: 'I agree.', text_version: '1', collect: false, user_agent: 'late' },
  ...{ accepted_at: new Date('2026-01-01T00:00:00Z'), ip_address: IP },
  limits: { until: null, max_charges: null, max_amount: null },
});
const card = { brand: 'visa', last4: '1881', exp_month: 1, exp_year: 2_099 };
const shown = {
  type: 'card',
  livemode: false,
  allow_redisplay: null,
  card,
  bank: null,
  has_address: false,
  card_mark: 'another',
};

const acts: Record<string, (sql?: World['sql']) => Promise<unknown>> = {
  'a charge': (sql = world.sql) =>
    insertCharge(
      sql,
      {
        ...{
          id: randomId('chg'),
          customer_id: payer.customer_id,
          payment_method_id: null,
          amount_minor: 900,
        },
        ...{ currency: 'eur', livemode: false, description: 'Late', reference: null, again_of: null },
        ...{ scheduled_for: null, metadata: {}, terms: null, document: null },
      },
      keyed('POST /v1/charges'),
      'test',
    ),
  'a setup': (sql = world.sql) =>
    insertSetup(
      sql,
      {
        ...{ id: randomId('set'), customer_id: payer.customer_id, usage: 'off_session', via: 'elements' },
        ...{ payment_method_types: ['card'], allow_redisplay: null, return_url: 'https://shop.example.test' },
        ...{ metadata: {}, expires_in_ms: 60_000 },
      },
      consent(),
      keyed('POST /v1/setups'),
      'test',
    ),
  'another card': (sql = world.sql) =>
    insertAdoption(
      sql,
      {
        ...{
          customer_id: payer.customer_id,
          is_debit: false,
          mandate_id: null,
          mandate: null,
          consent: consent(),
        },
        method: { ...shown, id: `pm_${randomUUID()}`, customer: payer.stripe_customer_id },
      },
      keyed('POST /v1/payment_methods'),
      'test',
    ),
  'another address': (sql = world.sql) => changeCustomer(sql, payer.customer_id, { email: FRESH }, 'test'),
  'a default': (sql = world.sql) => makeDefault(sql, payer.payment_method_id),
  'a detaching': (sql = world.sql) => requestDetach(sql, payer.payment_method_id, 'test'),
  'a renewal': (sql = world.sql) =>
    refreshMethod(sql, { ...shown, id: payer.payment_method_id, customer: payer.stripe_customer_id }, 'evt'),
  'a stop': (sql = world.sql) => writeStop(sql, payer.customer_id, 'test'),
  'a resumption': (sql = world.sql) => resumeCustomer(sql, payer.customer_id),
  'another erasure': (sql = world.sql) => writeErasure(sql, payer.customer_id, world.deps.timings, 'test'),
};

async function expectNothingLeft(): Promise<void> {
  const { sql } = world;
  const id = payer.customer_id;
  const [row] = await sql`
    select c.email, c.stopped_at is not null as stopped, c.default_payment_method_id,
      (select count(*)::int from consents n where n.customer_id = c.id
       and (n.ip_address is not null or n.user_agent is not null or n.revoked_at is null)) as devices,
      (select count(*)::int from payment_methods m where m.customer_id = c.id
       and (m.card_last4 is not null or m.state not in ('detaching', 'detached'))) as cards,
      (select count(*)::int from setups s where s.customer_id = c.id
       and s.state in ('queued', 'awaiting_customer', 'processing')) as setups,
      (select count(*)::int from charges h where h.customer_id = c.id) as charges
    from customers c where c.id = ${id}`;
  expect(row).toEqual({
    ...{ email: '', stopped: true, default_payment_method_id: null },
    ...{ devices: 0, cards: 0, setups: 0, charges: 0 },
  });
}

test.each(Object.keys(acts))('beside %s', async (name) => {
  for (let round = 0; round < ROUNDS; round += 1) {
    payer = await world.customer('pm_card_visa');
    const act = acts[name] as () => Promise<unknown>;
    const erase = () => writeErasure(world.sql, payer.customer_id, world.deps.timings, 'test');
    const [erased] = await Promise.all(round % 2 === 0 ? [erase(), act()] : [act().then(erase), null]);
    const [charge] = await world.sql`select 1 from charges where customer_id = ${payer.customer_id}`;
    if (charge === undefined) {
      expect(erased).toMatchObject({ outcome: 'erased' });
      await expectNothingLeft();
    } else {
      expect(erased).toMatchObject({ outcome: 'charges_open' });
      const [row] = await world.sql`select email from customers where id = ${payer.customer_id}`;
      expect(row).toEqual({ email: `${payer.customer_id}@example.test` });
    }
  }
});

/** One statement holds what the other needs until the other waits for it. */
async function meet(first: (sql: World['sql']) => Promise<unknown>, second: () => Promise<unknown>) {
  const held = await world.sql.reserve();
  await held`begin`;
  await first(held as unknown as World['sql']);
  const waiting = second();
  await expect
    .poll(async () => {
      const [row] = await world.sql`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      return row?.n;
    })
    .toBeGreaterThan(0);
  await held`commit`;
  held.release();
  return waiting;
}

test.each(['a setup', 'another card', 'a charge'])(
  '%s that waited for an erasure is refused',
  async (name) => {
    const erasing = (sql: World['sql']) => writeErasure(sql, payer.customer_id, world.deps.timings, 'test');
    const answer = await meet(erasing, acts[name] as () => Promise<unknown>);
    const refusal = name === 'a charge' ? 'customer_stopped' : 'customer_erased';
    expect(answer).toMatchObject({ outcome: 'refused', refusal });
    await expectNothingLeft();
  },
);

test.each([
  ['a charge', 'charges_open'],
  ['a setup', 'erased'],
  ['another card', 'erased'],
  ['a renewal', 'erased'],
])('an erasure that waited for %s finds it', async (name, outcome) => {
  const { sql } = world;
  const act = acts[name] as (at?: World['sql']) => Promise<unknown>;
  const erase = () => writeErasure(sql, payer.customer_id, world.deps.timings, 'test');
  expect(await meet((held) => act(held), erase)).toMatchObject({ outcome });
  if (outcome === 'erased') await expectNothingLeft();
});

test('a resumption that waited for an erasure is refused', async () => {
  await writeStop(world.sql, payer.customer_id, 'test');
  const erasing = (sql: World['sql']) => writeErasure(sql, payer.customer_id, world.deps.timings, 'test');
  expect(await meet(erasing, acts['a resumption'] as () => Promise<unknown>)).toBe(false);
  await expectNothingLeft();
});

test('a card that waited for an erasure is let go', async () => {
  const id = `pm_${randomUUID()}`;
  const write = async () => world.sql`
    insert into payment_methods (id, state, customer_id, type, usage, card_last4)
    values (${id}, 'usable', ${payer.customer_id}, 'card', 'off_session', '4242') returning state, card_last4`;
  const erasing = (sql: World['sql']) => writeErasure(sql, payer.customer_id, world.deps.timings, 'test');
  expect(await meet(erasing, write)).toEqual([{ state: 'detaching', card_last4: null }]);
});

test('a consent of an earlier release’s statement is refused by the wall, and a card is written without its face', async () => {
  await writeErasure(world.sql, payer.customer_id, world.deps.timings, 'test');
  const agreed = world.sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at, ip_address)
    values (${randomId('cns')}, ${payer.customer_id}, 'off_session', 'recurring', 'x', 'x', '1', dc_now(), ${IP})`;
  await expect(agreed).rejects.toMatchObject({ code: 'DC004' });
  const id = `pm_${randomUUID()}`;
  await world.sql`
    insert into payment_methods (id, state, customer_id, type, usage, card_brand, card_last4, fingerprint_hash)
    values (${id}, 'usable', ${payer.customer_id}, 'card', 'off_session', 'visa', '4242', 'mark')`;
  const [row] = await world.sql`
    select state, due_at is not null as due, card_brand, card_last4, fingerprint_hash from payment_methods where id = ${id}`;
  expect(row).toEqual({
    state: 'detaching',
    due: true,
    card_brand: null,
    card_last4: null,
    fingerprint_hash: null,
  });
});

test.each(['email', 'name', 'reference', 'locale', 'time_zone'])(
  'no statement writes the %s of a customer who is erased',
  async (column) => {
    await writeErasure(world.sql, payer.customer_id, world.deps.timings, 'test');
    const written = world.sql`
    update customers set ${world.sql(column)} = 'x' where id = ${payer.customer_id}`;
    await expect(written).rejects.toMatchObject({ constraint_name: 'customers_forgotten_check' });
    const resumed = world.sql`update customers set stopped_at = null where id = ${payer.customer_id}`;
    await expect(resumed).rejects.toMatchObject({ constraint_name: 'customers_forgotten_check' });
  },
);
