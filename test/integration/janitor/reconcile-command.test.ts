/** `npm run reconcile` as an operator types it: its exit code, its words, and what stays open behind it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reconciliation } from '../../../src/billing/janitor/reconcile.ts';
import { builtScript } from '../../harness/built.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { behindOurBack, paid } from './reconcile-charges.ts';

const run = promisify(execFile);
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function reconcile(...args: string[]) {
  const env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: world.databaseUrl,
    STRIPE_SECRET_KEY: world.secretKey,
    STRIPE_API_URL: world.simulator.url,
  };
  return run(process.execPath, [builtScript('scripts/operate/reconcile.ts'), ...args], { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
}

const both = (minor: number) => ({ database: minor, stripe: minor });

test('agrees after a clean run, and names a success behind our back and a changed amount, each', async () => {
  const [good, changed] = [await paid(world), await paid(world)];
  const clean = await reconcile('--json');
  expect([clean.code, JSON.parse(clean.stdout)]).toEqual([
    0,
    {
      agree: true,
      charges: 2,
      payment_intents: 2,
      sums: [{ currency: 'eur', ...both(2_500), received: both(2_500), refunded: both(0) }],
      differences: [],
      unclaimed: [],
    },
  ]);
  expect(await world.sql`select 1 from breaks`).toHaveLength(0);

  const success = await behindOurBack(world);
  const sql = postgres(world.databaseUrl, { max: 1, onnotice: () => {} });
  await sql`set session_replication_role = replica`;
  await sql`update charges set amount_minor = amount_minor + 100 where id = ${changed}`;
  await sql.end();

  const told = await reconcile('--json');
  expect(told.code).toBe(1);
  const { agree, differences, sums } = JSON.parse(told.stdout) as Reconciliation;
  expect(agree).toBe(false);
  expect(differences).toHaveLength(2);
  expect(differences).toContainEqual(
    expect.objectContaining({ kind: 'success_without_charge', charge: null, payment_intent: success }),
  );
  expect(differences).toContainEqual(expect.objectContaining({ kind: 'amount_differs', charge: changed }));
  expect(sums).toMatchObject([{ currency: 'eur', database: 2_500, stripe: 3_277 }]);

  const plain = await reconcile();
  expect([plain.code, plain.stdout.split('\n')[0]]).toEqual([1, 'Database and Stripe DIFFER in 2 places.']);
  const names = [success, changed, good].map((name) => plain.stdout.includes(name));
  expect(names).toEqual([true, true, false]);

  const open = await world.sql<{ kind: string; entity_id: string }[]>`
    select kind, entity_id from breaks where closed_by is null order by kind`;
  expect(open).toEqual([
    { kind: 'amount_differs', entity_id: changed },
    { kind: 'success_without_charge', entity_id: success },
  ]);
  expect((await world.read(changed)).charge.amount_minor).toBe(1_350);
});
