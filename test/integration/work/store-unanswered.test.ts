/** A statement whose answer never comes is refused, and does not take its pool with it. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, errorCode, failureKind, openDatabase } from '../../../src/store/postgres/database.ts';
import { openProxy, type TcpProxy } from '../../chaos/proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

const UNANSWERED_MS = 1_500;
const ROUNDS = 10;
const STATEMENTS = 25;
/** More than the driver keeps back for a later write. */
const LONG = 1_100;
const TRIES_MAX = 50;

let database: TestDatabase;
let proxy: TcpProxy;
let store: Database;
/** One connection, so that the next statement meets what the last one left. */
let alone: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await openProxy();
  const url = new URL(database.url);
  proxy.aim(Number(url.port || 5432));
  url.port = String(proxy.port);
  const options = { url: url.href, applicationName: 'unanswered', unanswered_ms: UNANSWERED_MS };
  store = openDatabase(options);
  alone = openDatabase({ ...options, connectionsMax: 1 });
});

afterAll(async () => {
  await Promise.all([store.close(), alone.close()]);
  await proxy.close();
  await database.drop();
});

/** Refusals are allowed while connections break. */
async function answeredInTheEnd<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (failureKind(error) !== 'connection' || tries === TRIES_MAX) throw error;
      await wait(2);
    }
  }
}

test('what the network swallows is refused as a broken connection is, and the next is answered', async () => {
  await store.sql`select 1`;
  proxy.weather({ kind: 'blackhole' });

  const refusal: unknown = await store.sql`select 1`.catch((error: unknown) => error);
  proxy.weather({ kind: 'pass' });

  expect(errorCode(refusal)).toBe('STATEMENT_UNANSWERED');
  expect(failureKind(refusal)).toBe('connection');
  expect(await store.sql`select 2 as two`).toEqual([{ two: 2 }]);
});

test('what the query builder sends is watched as well', async () => {
  await store.tables.execute('select 1');
  proxy.weather({ kind: 'blackhole' });

  const refusal: unknown = await store.tables.execute('select 1').catch((error: unknown) => error);
  proxy.weather({ kind: 'pass' });

  expect(errorCode(refusal)).toBe('STATEMENT_UNANSWERED');
  expect(failureKind(refusal)).toBe('connection');
  expect(await store.tables.execute('select 2 as two')).toEqual([{ two: 2 }]);
});

test('rows that came before a connection broke are not counted in the next answer', async () => {
  proxy.weather({ kind: 'cut_after', bytes: 20_000, how: 'reset' });
  const refusal: unknown = await alone.sql`select n from generate_series(1, 100000) n`.catch(
    (error: unknown) => error,
  );
  proxy.weather({ kind: 'pass' });
  await wait(50);

  expect(failureKind(refusal)).toBe('connection');
  expect(await alone.sql`select 3 as three`).toEqual([{ three: 3 }]);
});

test('what is asked the moment a connection has broken goes to another, at once', async () => {
  proxy.weather({ kind: 'cut_after', bytes: 20_000, how: 'reset' });
  const next = await alone.sql`select n from generate_series(1, 100000) n`.catch(() => {
    proxy.weather({ kind: 'pass' });
    return alone.sql`select 3 as three`;
  });

  expect(next).toEqual([{ three: 3 }]);
});

test.each([0, 1, 2, 3, 4])(
  'what is asked %i turns after an idle connection broke is never answered with nothing',
  async (turns) => {
    await answeredInTheEnd(() => alone.sql`select 1`);
    proxy.cut();
    // Node tells of the error, lets immediates run, and tells that the connection is closed. Long texts are sent at once.
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const text = alone.sql.unsafe(`/* ${'x'.repeat(LONG)} */`);
    const long = alone.sql`select 4 as four ${text}`.catch((error: unknown) => error);
    await wait(100);
    await answeredInTheEnd(() => alone.sql`select 5 as five`);
    const answer: unknown = await long;

    if (answer instanceof Error) expect(failureKind(answer)).toBe('connection');
    else expect(answer).toEqual([{ four: 4 }]);
  },
);

test('statements repeated at once, again and again as connections break, are all answered in the end', async () => {
  const { sql } = store;
  let wrong = 0;
  async function until(number: number): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const rows = await sql<{ number: number }[]>`select ${number}::int as number, pg_sleep(0.005)`.catch(
        () => null,
      );
      if (rows !== null) {
        wrong += rows[0]?.number === number ? 0 : 1;
        return;
      }
      if (tries % 3 === 2) await wait(2);
    }
  }
  const asked: Promise<void>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    asked.push(...Array.from({ length: STATEMENTS }, (_, index) => until(index)));
    await wait(15);
    proxy.cut();
    await wait(100);
  }

  await Promise.all(asked);
  expect(wrong).toBe(0);
  expect(await sql`select 2 as two`).toEqual([{ two: 2 }]);
});
