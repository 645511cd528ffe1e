/** A statement whose answer never comes is refused, and does not take its pool with it. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, errorCode, failureKind, openDatabase } from '../../src/store/database.ts';
import { openProxy, type TcpProxy } from '../chaos/proxy.ts';
import { createTestDatabase, type TestDatabase } from '../harness/services.ts';

const UNANSWERED_MS = 1_500;
const ROUNDS = 10;
const STATEMENTS = 25;

let database: TestDatabase;
let proxy: TcpProxy;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await openProxy();
  const url = new URL(database.url);
  proxy.aim(Number(url.port || 5432));
  url.port = String(proxy.port);
  store = openDatabase({ url: url.href, applicationName: 'unanswered', unanswered_ms: UNANSWERED_MS });
});

afterAll(async () => {
  await store.close();
  await proxy.close();
  await database.drop();
});

test('what the network swallows is refused as a broken connection is, and the next is answered', async () => {
  await store.sql`select 1`;
  proxy.weather({ kind: 'blackhole' });

  const refusal: unknown = await store.sql`select 1`.catch((error: unknown) => error);
  proxy.weather({ kind: 'pass' });

  expect(errorCode(refusal)).toBe('STATEMENT_UNANSWERED');
  expect(failureKind(refusal)).toBe('connection');
  expect(await store.sql`select 2 as two`).toEqual([{ two: 2 }]);
});

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
