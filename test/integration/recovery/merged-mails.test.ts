/** What becomes of the steps that a mail serves when it does not go out as it was started (docs/protocol.md, 9.14). */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { markMessageSent, startMessage } from '../../../src/store/recovery/messages.ts';
import { until } from '../../harness/until.ts';
import { ASKS, bill, type Customer, named, steps } from './bills-world.ts';
import { createRecoveryWorld, type RecoveryWorld } from './recovery-world.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const NAMES = ['Gas', 'Heat', 'Water'];

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

beforeEach(() => world.inbox.refuse(null));

afterAll(() => world.close());

/** Three bills whose mail was started while the mail server was not available; the carrier's bill comes first. */
async function started() {
  world.inbox.refuse({ code: 451, at: 'content' });
  const customer = await world.customer(ASKS);
  for (const name of NAMES) await bill(world, customer, name);
  await world.work();
  world.inbox.refuse(null);
  const rows = await world.sql<{ charge: string; name: string }[]>`
    select c.id as charge, c.description as name from messages m join recoveries r on r.id = m.recovery_id
    join charges c on c.id = r.charge_id where c.customer_id = ${customer.customer_id} order by m.state = 'merged'`;
  expect((await steps(world, customer)).filter((step) => step.includes('merged')).length).toBe(2);
  const [carrier, ...others] = rows;
  if (carrier === undefined) throw new Error('no mail was started');
  return { customer, carrier, others };
}

async function pass(seconds: number): Promise<void> {
  await world.advance(seconds);
  await world.work();
}

const carried = async ({ customer_id }: Customer) =>
  world.sql`
    select m.state, m.detail from messages m join recoveries r on r.id = m.recovery_id
    join charges c on c.id = r.charge_id where c.customer_id = ${customer_id} and m.served_by is null`;

test('it still goes out for the others when its own bill is closed, with a link that asks for one of them', async () => {
  const { customer, carrier, others } = await started();
  await world.cancel(carrier.charge);
  await pass(HOUR);

  expect(named(world, customer, NAMES)).toEqual([others.map(({ name }) => name).sort()]);
  const opened = await world.browser().get(world.linkTo(customer.customer_id));
  expect(opened.status).toBe(200);
  expect(opened.html).toContain('data-testid="confirm"');
});

test('it is suppressed once nothing that it carries is wanted', async () => {
  const { customer, carrier, others } = await started();
  for (const { charge } of [carrier, ...others]) await world.cancel(charge);
  await pass(HOUR);

  expect(named(world, customer, NAMES)).toEqual([]);
  expect(await carried(customer)).toEqual([{ state: 'suppressed', detail: 'no_longer_wanted' }]);
});

test('it waits while all that is wanted is only being acted on', async () => {
  const { customer, carrier, others } = await started();
  await world.cancel(carrier.charge);
  await world.work();
  const ids = others.map(({ charge }) => charge);
  const park = (state: string) =>
    world.sql`update charges set state = ${state} where id = any(${ids}::text[])`;
  await park('needs_review');
  await pass(HOUR);
  expect(named(world, customer, NAMES)).toEqual([]);
  expect((await carried(customer)).map((row) => row.state)).toEqual(['queued']);
});

test('a bounce ends the mails of every recovery that it served', async () => {
  world.inbox.refuse({ code: 550, at: 'recipient' });
  const customer = await world.customer(ASKS);
  for (const name of NAMES) await bill(world, customer, name);
  await world.work();
  world.inbox.refuse(null);
  for (let day = 0; day < 2; day += 1) await pass(DAY);

  const [row] = await world.sql`
    select count(r.bounced_at)::int as bounced from recoveries r join charges c on c.id = r.charge_id
    where c.customer_id = ${customer.customer_id}`;
  expect(row?.bounced).toBe(3);
  expect(named(world, customer, NAMES)).toEqual([]);
});

test('a mail that was started in vain is taken along with all that it carries', async () => {
  const { customer, carrier } = await started();
  await world.sql`
    insert into messages (id, recovery_id, step, state, due_at)
    select ${`msg_last_${carrier.charge}`}, r.id, 'last_call', 'queued', dc_now() from recoveries r
    where r.charge_id = ${carrier.charge}`;
  await world.work();

  expect(named(world, customer, NAMES)).toEqual([NAMES]);
  const rows = await world.sql`
    select distinct m.served_by from messages m join recoveries r on r.id = m.recovery_id
    join charges c on c.id = r.charge_id where c.customer_id = ${customer.customer_id} and m.state = 'merged'`;
  expect(rows).toEqual([{ served_by: `msg_last_${carrier.charge}` }]);
});

test('a last call that another mail carries gives its link the grace from then on', async () => {
  const { customer, carrier, others } = await started();
  const [other] = others;
  await world.sql`
    update messages m set step = 'last_call' from recoveries r
    where r.id = m.recovery_id and r.charge_id = ${other?.charge ?? ''}`;
  await world.sql`update recoveries set expires_at = dc_now() + interval '62 minutes' where charge_id = ${other?.charge ?? ''}`;
  await pass(HOUR);

  const [row] = await world.sql`
    select expires_at >= dc_now() + interval '55 minutes' as is_graced from recoveries where charge_id = ${other?.charge ?? ''}`;
  expect(row).toEqual({ is_graced: true });
  expect(world.mailsTo(customer.customer_id)[0]?.subject).toMatch(
    /^Last call: the time for 1 of your 3 payments/,
  );
  expect(carrier.name).toBeTruthy();
});

test('two workers that start two mails of one customer at once send one', async () => {
  const customer = await world.customer(ASKS);
  const [first, second] = [await bill(world, customer, 'Gas'), await bill(world, customer, 'Heat')];
  await world.work(['charge', 'inbox_event', 'recovery']);
  const start = async (sql: Sql, id: string) => {
    const claimed = await world.deps.leases.claimDue('message', id);
    const lease_number = claimed?.lease.lease_number ?? 0;
    return startMessage(sql, { id, lease_number, wait_ms: 60_000 }, world.deps.timings);
  };
  const messageOf = async (charge: string) => {
    const [row] = await world.sql<{ id: string; recovery_id: string }[]>`
      select m.id, m.recovery_id from messages m join recoveries r on r.id = m.recovery_id where r.charge_id = ${charge}`;
    return row ?? { id: '', recovery_id: '' };
  };
  const [one, other] = [await messageOf(first), await messageOf(second)];
  // Nothing else waits when the first is started, so that no row but the customer's is between the two.
  await world.sql`update messages set state = 'suppressed' where id = ${other.id}`;
  const late = `msg_late_${second}`;
  let behind: ReturnType<typeof start> | undefined;
  await world.sql.begin(async (begun) => {
    expect((await start(begun as unknown as Sql, one.id))?.verdict).toBe('sending');
    // A step that came after the first had read what waits.
    await world.sql`
      insert into messages (id, recovery_id, step, state, due_at)
      values (${late}, ${other.recovery_id}, 'reminder_1', 'queued', dc_now())`;
    behind = start(world.sql, late);
    behind.catch(() => {});
    await until('the second waits for the first', async () => {
      const [row] = await world.sql`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%start_mail%'`;
      return row?.n === 1;
    });
  });

  expect((await behind)?.verdict).toBe('waiting');
  await markMessageSent(world.sql, { id: one.id, last_call_grace_minutes: 60 });
  await pass(120);
  const written = await steps(world, customer);
  expect(written).toContain('Gas: opened sent');
  expect(written).toContain('Heat: reminder_1 queued');
});
