/** How many mails a recovery gets, and its customer in a day (docs/protocol.md, 9.14). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resendRecoveryLink } from '../../../src/billing/recovery/resend-recovery.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { writeFreshMail, writeResentMail } from '../../../src/store/recovery/asked-mails.ts';
import { until } from '../../harness/until.ts';
import { ASKS, bill, type Customer, steps } from './bills-world.ts';
import { createRecoveryWorld, type RecoveryWorld } from './recovery-world.ts';

const DAY = 86_400;
const CAPS = { mailsPerRecoveryMax: 6, mailsPerCustomerDayMax: 3 };

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld({ timings: CAPS });
});

afterAll(() => world.close());

async function asked(): Promise<{ customer: Customer; charge: string; recovery: string }> {
  const customer = await world.customer(ASKS);
  const charge = await bill(world, customer, 'Gas');
  await world.work();
  return { customer, charge, recovery: (await linkRow(charge)).id };
}

async function linkRow(charge: string) {
  const [row] = await world.sql<{ id: string; link_version: number; fresh_mail_at: Date | null }[]>`
    select id, link_version, fresh_mail_at from recoveries where charge_id = ${charge}`;
  if (row === undefined) throw new Error('no recovery');
  return row;
}

const resend = (charge: string, revokes = false) => resendRecoveryLink(world.deps, charge, { revokes });
const fresh = (recovery: string, at: number) =>
  writeFreshMail(world.sql, recovery, { id: `msg_${recovery}_${at}`, interval_minutes: 0 }, CAPS);

test('a resend beyond the day’s mails is refused, writes nothing and ends no link', async () => {
  const { customer, charge } = await asked();
  for (let mail = 0; mail < 2; mail += 1) {
    expect((await resend(charge)).outcome).toBe('resent');
    await world.work();
  }
  const before = await linkRow(charge);

  expect(await resend(charge, true)).toEqual({ outcome: 'mail_limit_reached' });

  expect(await linkRow(charge)).toEqual(before);
  expect((await steps(world, customer)).length).toBe(3);
  await world.advance(DAY);
  expect((await resend(charge, true)).outcome).toBe('resent');
});

test('what is owed and not sent yet counts, and the mails of the customer’s other bills', async () => {
  const { customer, charge } = await asked();
  const other = await bill(world, customer, 'Heat');
  await world.work();
  expect((await resend(other)).outcome).toBe('resent');
  expect((await resend(charge)).outcome).toBe('resent');

  expect((await resend(other)).outcome).toBe('mail_limit_reached');
});

test('a fresh mail beyond the day’s mails is silently not written', async () => {
  const { customer, recovery, charge } = await asked();
  for (const at of [1, 2]) {
    expect(await fresh(recovery, at)).not.toBeNull();
    await world.work();
  }
  const before = await linkRow(charge);

  expect(await fresh(recovery, 3)).toBeNull();

  expect(await linkRow(charge)).toEqual(before);
  expect(world.mailsTo(customer.customer_id).length).toBe(3);
});

test('two who ask at once do not both get the last place', async () => {
  const { charge } = await asked();
  expect((await resend(charge)).outcome).toBe('resent');
  await world.work();
  let behind: ReturnType<typeof resend> | undefined;
  await world.sql.begin(async (begun) => {
    const message = { charge_id: charge, key_id: 'k1', message_id: `msg_first_${charge}`, revokes: false };
    expect((await writeResentMail(begun as unknown as Sql, message, CAPS)).outcome).toBe('resent');
    behind = resend(charge);
    behind.catch(() => {});
    await until('the second waits for the first', async () => {
      const [row] = await world.sql`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%has_room_for_mail%'`;
      return row?.n === 1;
    });
  });

  expect((await behind)?.outcome).toBe('mail_limit_reached');
});

test('a recovery has had its mails: nothing more comes but its last call', async () => {
  const { customer, charge } = await asked();
  for (let day = 0; day < 3; day += 1) {
    await world.advance(DAY + 60);
    for (let mail = 0; mail < 2; mail += 1) {
      await resend(charge);
      await world.work();
    }
  }
  expect((await resend(charge)).outcome).toBe('mail_limit_reached');
  await world.advance(3 * DAY);
  await world.work();

  const written = (await steps(world, customer)).map((step) => step.split(' ')[1]);
  expect(written).not.toContain('reminder_2');
  expect(written).toContain('last_call');
  const last = world.mailsTo(customer.customer_id)[0];
  expect(last?.subject).toMatch(/^Last call/);
});
