/** After a failover, connections that were open may lead to a server that only reads. */
import { expect, onTestFinished, test } from 'vitest';
import { errorCode, openDatabase } from '../../src/store/postgres/database.ts';
import { onServer } from '../harness/services/on-server.ts';
import { createTestDatabase } from '../harness/services/services.ts';

test('a pool whose connections can no longer write makes new ones, long before they are old', async () => {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  // Sessions begin as this says and stay so: those opened now are the old primary's.
  await onServer(
    database.url,
    (sql) => sql`alter database ${sql(name)} set default_transaction_read_only = on`,
  );
  const store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  const write = (): Promise<string> =>
    store.sql`update instance set charging_enabled = charging_enabled`.then(
      () => 'written',
      (error: unknown) => errorCode(error) ?? 'failed',
    );
  expect(await Promise.all([write(), write()])).toEqual(['25006', '25006']);

  await onServer(database.url, async (sql) => {
    await sql`set default_transaction_read_only = off`;
    await sql`alter database ${sql(name)} reset default_transaction_read_only`;
  });
  await expect.poll(write).toBe('written');
});
