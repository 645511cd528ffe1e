/** What the janitor takes once it is old, what it leaves, and that only it may. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetHistoryOnce } from '../../../src/billing/janitor/forget-history.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { productionTimings as timings } from '../../../src/platform/timings.ts';
import { readBrokenRows } from '../../../src/store/janitor/invariants.ts';
import { forgetEvents, forgetHistories } from '../../../src/store/janitor/retention.ts';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import {
  BOOKS,
  countRows,
  days,
  end,
  MONTHS_DAYS,
  seedEvent,
  seedHistory,
  seedMail,
  WHOLE,
} from './retention-rows.ts';

let test: TestDatabase;
let database: Database;
let sql: Sql;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ url: test.url, applicationName: 'test' });
  sql = database.sql;
});
afterAll(async () => {
  await database.close();
  await test.drop();
});
beforeEach(async () => {
  await sql`truncate sweeps, inbox_events, breaks cascade`;
  await sql`update instance set lost_at = null`;
});

/** Rounds as a worker makes them, an hour apart, until one takes nothing more. */
async function forget(forgetRowsMax = timings.forgetRowsMax): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await forgetHistoryOnce({
      sql,
      timings: { ...timings, forgetRowsMax, forgetStepsMax: 100 },
      log: silentLog(),
    });
    await days(sql, 0.05);
  }
}

async function movesOf(id: string): Promise<number> {
  return (await sql`select from transitions where entity_id = ${id}`).length;
}

async function eventsLeft(ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from inbox_events where id = any(${ids as string[]})`;
  return ids.filter((id) => rows.some((row) => row.id === id));
}

describe('an event', () => {
  it('goes 35 days after it was settled, with its moves; one that waits for somebody stays', async () => {
    const settled = [await seedEvent(sql, 'applied'), await seedEvent(sql, 'ignored')];
    const waiting = [await seedEvent(sql, 'parked'), await seedEvent(sql, 'received')];
    await days(sql, 34);
    await forget();
    expect(await eventsLeft([...settled, ...waiting])).toEqual([...settled, ...waiting]);
    await days(sql, 2);
    await forget();
    expect(await eventsLeft([...settled, ...waiting])).toEqual(waiting);
    expect(await Promise.all(settled.map(movesOf))).toEqual([0, 0]);
    expect(await Promise.all(waiting.map(movesOf))).toEqual([2, 1]);
  });

  it('is kept for 35 days from when it was settled last', async () => {
    const event = await seedEvent(sql, 'ignored');
    await days(sql, 30);
    await sql`update inbox_events set state = 'received', due_at = dc_now() where id = ${event}`;
    await sql`update inbox_events set state = 'applied', due_at = null where id = ${event}`;
    await days(sql, 10);
    await forget();
    expect(await eventsLeft([event])).toEqual([event]);
    await days(sql, 26);
    await forget();
    expect(await eventsLeft([event])).toEqual([]);
  });

  it('stays after a loss if it alone tells of a confirm', async () => {
    const lost = await seedEvent(sql, 'applied', 'dc1:chg_lost:confirm:1');
    await sql`update instance set lost_at = dc_now()`;
    await days(sql, 40);
    await forget();
    expect(await eventsLeft([lost])).toEqual([lost]);
  });
});

describe('a charge', () => {
  it('keeps its history for 25 months after its end, and its books for ever', async () => {
    const old = await seedHistory(sql);
    const live = await seedHistory(sql);
    const scheduled = await seedCharge(sql);
    await end(sql, old);
    await days(sql, 24 * 30);
    await forget();
    const whole = await countRows(sql, old);
    expect(whole).toMatchObject(WHOLE);
    await days(sql, 2 * MONTHS_DAYS);
    await forget();
    expect(await countRows(sql, old)).toEqual(BOOKS);
    expect(await countRows(sql, live)).toMatchObject({ ...WHOLE, told: 5 });
    expect(await movesOf(live.charge)).toBe(4);
    expect(await movesOf(scheduled.id)).toBe(1);
    // Nothing misses what is gone.
    const kinds = (await readBrokenRows(sql, null)).filter(({ entity }) =>
      Object.values(old).includes(entity),
    );
    expect(kinds).toEqual([]);
    await end(sql, live);
  });

  it('stays whole while its money is asked back, and goes once that has ended', async () => {
    const charge = await seedHistory(sql);
    await end(sql, charge);
    await sql`insert into breaks (kind, entity_id, observed) values ('dispute', ${charge.charge}, '{"status": "under_review"}')`;
    await days(sql, 26 * MONTHS_DAYS);
    await forget();
    expect(await countRows(sql, charge)).toMatchObject(WHOLE);
    await sql`update breaks set observed = '{"status": "lost"}' where entity_id = ${charge.charge}`;
    await days(sql, timings.forgetAgainDays + 1);
    await forget();
    expect(await countRows(sql, charge)).toEqual(BOOKS);
  });

  it.each(['attempt', 'recovery', 'setup', 'mail'] as const)(
    'stays whole while its %s is open',
    async (open) => {
      const charge = await seedHistory(sql);
      await end(sql, charge);
      await sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        if (open === 'attempt')
          await tx`update charge_attempts set state = 'open', ended_at = null where charge_id = ${charge.charge}`;
        if (open === 'recovery')
          await tx`update recoveries set state = 'open', closed_at = null where id = ${charge.recovery}`;
        if (open === 'setup')
          await tx`update setups set state = 'queued', settled_at = null where id = ${charge.setup}`;
        if (open === 'mail') await tx`update messages set due_at = dc_now() where id = ${charge.message}`;
      });
      await days(sql, 26 * MONTHS_DAYS);
      await forget();
      expect(await countRows(sql, charge)).toMatchObject(WHOLE);
      expect(await movesOf(charge.message)).toBe(3);
    },
  );

  it('stays whole while a mail of it tells of a charge whose history is kept', async () => {
    const [carrier, other] = [await seedHistory(sql), await seedHistory(sql)];
    await seedMail(sql, other.recovery, 'msg_merged', 'reminder_1').catch(() => {});
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update messages set state = 'merged', served_by = ${carrier.message} where id = 'msg_merged'`;
    });
    await end(sql, carrier);
    await days(sql, 26 * MONTHS_DAYS);
    await forget();
    expect(await countRows(sql, carrier)).toMatchObject(WHOLE);
    await end(sql, other);
    await days(sql, 26 * MONTHS_DAYS);
    // From the beginning, by steps that see one of them alone.
    await sql`truncate sweeps`;
    await forget(4);
    expect(await countRows(sql, carrier)).toEqual(BOOKS);
    expect(await countRows(sql, other)).toEqual(BOOKS);
    expect(await sql`select from messages where id = 'msg_merged'`).toHaveLength(0);
  });

  it('goes with its receipt, and not before that has gone out and is old itself', async () => {
    const { id } = await seedCharge(sql);
    await sql`
      update charges set state = 'succeeded', due_at = null, settled_at = dc_now(), terms = '{"receipt": true}',
        amount_received_minor = amount_minor, stripe_payment_intent_id = 'pi_' || id where id = ${id}`;
    const receipts = () => sql`select state from messages where charge_id = ${id}`;
    await days(sql, 26 * MONTHS_DAYS);
    await forget();
    expect(await receipts()).toEqual([{ state: 'queued' }]);
    await sql`update messages set state = 'sending' where charge_id = ${id}`;
    await sql`update messages set state = 'sent', sent_at = dc_now() where charge_id = ${id}`;
    await sql`truncate sweeps`;
    await forget();
    expect([(await receipts()).length, await movesOf(id)]).toEqual([1, 2]);
    await days(sql, 26 * MONTHS_DAYS);
    await forget();
    expect([(await receipts()).length, await movesOf(id), await movesOf(`msg_${id.slice(4)}`)]).toEqual([
      0, 0, 0,
    ]);
    expect(await sql`select from charges where id = ${id}`).toHaveLength(1);
  });

  it('keeps its history for as long as the table says for what it was paid with', async () => {
    const [card, debit] = [await seedHistory(sql), await seedHistory(sql)];
    await sql`update payment_methods m set type = 'sepa_debit' from charges c where c.id = ${debit.charge} and m.id = c.payment_method_id`;
    await end(sql, card);
    await end(sql, debit);
    await days(sql, 26 * MONTHS_DAYS);
    const longer = { card: 25, sepa_debit: 60, other: 25 };
    for (let after = -1, next = 0; next > after; ) {
      after = next;
      ({ next } = await forgetHistories(sql, after, { rows: 200, months: longer }));
    }
    expect(await countRows(sql, card)).toEqual(BOOKS);
    expect(await countRows(sql, debit)).toMatchObject(WHOLE);
  });
});

describe('a setup that a merchant asked for', () => {
  it('keeps its row without its timeline', async () => {
    const { setup, recovery, charge } = await seedHistory(sql);
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update setups s set recovery_id = null, recovery_number = null, consent_id = c.consent_id
               from charges c where s.id = ${setup} and c.id = ${charge}`;
    });
    await days(sql, 26 * MONTHS_DAYS);
    await forget();
    expect(await movesOf(setup)).toBe(0);
    expect(await sql`select from setups where id = ${setup}`).toHaveLength(1);
    expect(await movesOf(recovery)).toBe(1);
  });
});

describe('the timeline', () => {
  it("is nobody else's to delete, whatever its age, and young it is nobody's at all", async () => {
    const event = await seedEvent(sql, 'applied');
    const taking = () => sql`delete from transitions where entity_id = ${event}`;
    await days(sql, 34);
    await expect(
      sql.begin(async (tx) => {
        await tx`set local duecourse.forgetting = 'on'`;
        await tx`delete from transitions where entity_id = ${event}`;
      }),
    ).rejects.toMatchObject({ code: 'DC002' });
    await days(sql, 2);
    await expect(taking()).rejects.toMatchObject({ code: 'DC002' });
    await expect(sql`update transitions set cause = 'x' where entity_id = ${event}`).rejects.toMatchObject({
      code: 'DC002',
    });
    expect((await forgetEvents(sql, 0, { rows: 10_000, days: 1 })).gone).toBeGreaterThan(0);
  });
});
