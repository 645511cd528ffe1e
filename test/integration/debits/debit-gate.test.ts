/** The statement that opens attempts, asked directly: no worker's decision stands before it (docs/protocol.md, 20.5). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planCollection } from '../../../src/domain/debit/plan-collection.ts';
import { SCHEMES } from '../../../src/domain/debit/schemes.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { openAttempts } from '../../../src/store/charge/open-attempt.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { debtor } from './debtors.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

type Customer = Awaited<ReturnType<typeof debtor>>;

/** A charge with a notice, `sent` at the database's time less `ago_s`; the rest as given. */
async function withNotice(
  customer: Customer,
  given: {
    early_s?: number;
    late_s?: number;
    amount?: number;
    method?: string;
    state?: string;
    wished?: boolean;
  } = {},
): Promise<string> {
  const { sql } = world;
  const charge = await world.charge(customer);
  const early_s = given.early_s ?? -1;
  const state = given.state ?? 'sent';
  await sql`
    insert into notices (id, state, charge_id, number, payment_method_id, amount_minor, scheduled_for, collect_on, period_days,
                         confirm_not_before, confirm_until, sent_by, sent_at)
    values (${randomId('ntc')}, ${state}, ${charge}, 1, ${given.method ?? customer.payment_method_id}, ${given.amount ?? 1_250},
            case when ${given.wished ?? false} then dc_now() end, '2026-12-01', 0, dc_now() + ${early_s} * interval '1 second',
            dc_now() + ${given.late_s ?? 3_600} * interval '1 second', 'us', dc_now() - interval '1 day')`;
  return charge;
}

/** Whether the statement opens an automatic attempt of this charge now. */
async function opens(
  customer: Customer,
  charge: string,
  kind: 'off_session' = 'off_session',
): Promise<boolean> {
  const { sql } = world;
  const [row] = await sql<{ lease_number: number; newest: number }[]>`
    update charges c set lease_until = clock_timestamp() + interval '1 minute', claim_token = gen_random_uuid(),
      lease_number = c.lease_number + 1
    where id = ${charge} returning c.lease_number, (select coalesce(max(a.number), 0) from charge_attempts a
                                                    where a.charge_id = c.id) as newest`;
  const number = Number(row?.newest) + 1;
  const [opened] = await openAttempts(sql, [
    {
      charge_id: charge,
      lease_number: row?.lease_number ?? 0,
      payment_intent_id: `pi_${charge}`,
      attempt: {
        number,
        kind,
        idempotency_key: `dc1:${charge}:confirm:${number}`,
        payment_method_id: customer.payment_method_id,
        consent_id: customer.consent_id,
        chosen: true,
        moves: false,
        request_body: '',
        api_version: '1',
        opened_status: 'requires_confirmation',
        opened_latest_charge: null,
        number_max: 8,
        future_use: false,
        recovery_id: null,
      },
      cause: 'worker',
      cause_reference: 'test',
    },
  ]);
  return opened?.opened === true;
}

/** The bank refuses what is open, and another notice is there. */
async function refusedAndAnnounced(charge: string): Promise<void> {
  const { sql } = world;
  await sql`update charge_attempts set state = 'declined', ended_at = dc_now() where charge_id = ${charge} and ended_at is null`;
  await sql`update charges set state = 'retry_wait' where id = ${charge}`;
  await sql`
    insert into notices (id, state, charge_id, number, payment_method_id, amount_minor, collect_on, period_days,
                         confirm_not_before, confirm_until, sent_by, sent_at)
    select ${randomId('ntc')}, 'sent', charge_id, max(number) + 1, min(payment_method_id), min(amount_minor), '2026-12-01', 0,
           dc_now(), dc_now() + interval '1 hour', 'us', dc_now() from notices where charge_id = ${charge} group by charge_id`;
}

describe('an automatic debit', () => {
  test('opens once its notice has passed', async () => {
    const customer = await debtor(world, 'success');
    expect(await opens(customer, await withNotice(customer))).toBe(true);
  });

  test.each([
    ['without a notice', null],
    ['before the period has passed', { early_s: 5 }],
    ['past its time', { late_s: -1 }],
    ['of another amount', { amount: 1_251 }],
    ['of another account', { method: 'pm_other' }],
    ['of another day', { wished: true }],
    ['whose notice has not gone out', { state: 'queued' }],
    ['whose notice was refused', { state: 'failed' }],
  ])('%s does not open', async (_what, given) => {
    const customer = await debtor(world, 'success');
    const charge = given === null ? await world.charge(customer) : await withNotice(customer, given);
    expect(await opens(customer, charge)).toBe(false);
  });

  test('does not open twice on one notice', async () => {
    const customer = await debtor(world, 'success');
    const charge = await withNotice(customer);
    expect(await opens(customer, charge)).toBe(true);
    const { sql } = world;
    await sql`update charge_attempts set state = 'declined', ended_at = dc_now() where charge_id = ${charge}`;
    await sql`update charges set state = 'retry_wait' where id = ${charge}`;
    expect(await opens(customer, charge)).toBe(false);
  });

  test('is presented again twice, and of all charges of its mandate no oftener', async () => {
    const customer = await debtor(world, 'success');
    const charges = [await withNotice(customer), await withNotice(customer)] as const;
    for (const charge of charges) expect(await opens(customer, charge)).toBe(true);
    for (const charge of charges) await refusedAndAnnounced(charge);
    for (const charge of charges) expect(await opens(customer, charge)).toBe(true);
    for (const charge of charges) await refusedAndAnnounced(charge);
    for (const charge of charges) expect(await opens(customer, charge)).toBe(false);
    expect(await opens(customer, await withNotice(customer))).toBe(true);
  });
});

test('forty schedules at random: the statement lets no debit go before its notice', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_003);
  console.log(`SEED=${seed}`);
  const scheme = SCHEMES.sepa_debit;
  for (let n = 0; n < 40; n += 1) {
    const days = 2 + ((seed + n * 7) % 13);
    const customer = await debtor(world, 'success');
    const [clock] = await world.sql<{ now: Date }[]>`select dc_now() as now`;
    const now = clock?.now ?? new Date();
    const wanted = n % 3 === 0 ? null : new Date(now.getTime() + ((seed * (n + 1)) % 30) * 86_400_000);
    const plan = planCollection(scheme, { now, wanted, sent_by: 'us', days });
    const wait_s = Math.ceil((plan.confirm_at.getTime() - now.getTime()) / 1_000);
    const charge = await withNotice(customer, { early_s: wait_s, late_s: wait_s + 86_400 });
    await world.advance(Math.max(0, wait_s - 1 - ((seed + n) % 3_600)));
    expect(await opens(customer, charge), `n=${n}`).toBe(false);
    await world.advance(3_602);
    expect(await opens(customer, charge), `n=${n}`).toBe(true);
  }
});
