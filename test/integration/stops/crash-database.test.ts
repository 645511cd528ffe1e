/**
 * What may befall the database: locked, unreachable, read-only, set back to an earlier moment, killed while it is being
 * migrated. Nobody is told what is not so, and no charge is made twice.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { migrate, schemaLag } from '../../../src/store/postgres/migrate.ts';
import { builtScript } from '../../harness/built.ts';
import { createEmptyDatabase } from '../../harness/services/services.ts';
import { openStatementProxy } from '../../harness/statement-proxy.ts';
import { comes, until } from '../../harness/until.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { attemptStates, clearWeather } from '../charge/protocol-world.ts';

const CONFIRM = '/v1/payment_intents/:id/confirm';

let api: ApiWorld;
let customer: SavedCustomer;

beforeAll(async () => {
  api = await createApiWorld({ timings: { stripeTimeoutMs: 1_500 } });
  customer = await api.world.customer('pm_card_visa');
});

afterEach(() => clearWeather(api.world));

afterAll(() => api.close());

const body = () => ({
  customer: customer.customer_id,
  amount: 1_250,
  currency: 'eur',
  description: 'Power in October',
});

async function expectPaidOnce(charge: string): Promise<void> {
  expect((await api.world.read(charge)).charge.state).toBe('succeeded');
  expect(await api.world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1 }]);
}

describe('the API', () => {
  test('does not hang on a table that somebody has locked: 503, to be asked again', async () => {
    const { sql } = api.world;
    const key = randomUUID();
    const holder = await sql.reserve();
    await holder`begin`;
    await holder`lock table charges in access exclusive mode`;
    const refused = await comes(
      'an answer, the table still locked',
      api.post('/v1/charges', body(), { key }),
    );
    await holder`rollback`;
    holder.release();

    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(refused.headers['retry-after']).toMatch(/^[1-4]$/);
    expect((await api.post('/v1/charges', body(), { key })).status).toBe(202);
  });

  test('keeps what it took in from a caller who hung up, once, and answers the next asking', async () => {
    const key = randomUUID();
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const address = api.app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const payload = JSON.stringify(body());
    const head = [
      'POST /v1/charges HTTP/1.1',
      'host: localhost',
      `authorization: Bearer ${api.tokens.all}`,
      `idempotency-key: ${key}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(payload)}`,
    ];
    // Paused: the answer is never read. Before the row is there a request that hangs up is as if never sent.
    const socket = connect(port, '127.0.0.1').pause();
    socket.write(`${head.join('\r\n')}\r\n\r\n${payload}`);
    const kept = () => api.world.sql`select entity_id from idempotency_keys where key = ${key}`;
    await expect.poll(kept).toHaveLength(1);
    socket.destroy();

    const again = await api.post('/v1/charges', body(), { key });

    expect(again.status).toBe(202);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await kept()).toEqual([{ entity_id: again.body.id }]);
  });
});

describe('a settlement', () => {
  test('whose row is locked for too long is written when the lock is gone', async () => {
    const { world } = api;
    const charge = await world.charge(customer);
    await world.simulator.control.faults({
      match: { route: CONFIRM },
      action: { type: 'delay', ms: 250 },
      times: 1,
    });
    const working = advance(world.deps, 'charge', [charge]);
    await expect.poll(() => attemptStates(world, charge)).toEqual(['open']);
    const holder = await world.sql.reserve();
    await holder`begin`;
    await holder`select 1 from charges where id = ${charge} for update`;
    const waitsForIt = () => world.sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(waitsForIt).toHaveLength(1);
    // The lock's own timeout is two seconds: the first try has to fail.
    await holder`select pg_sleep(2.6)`;
    await holder`commit`;
    holder.release();
    await working;

    await world.work();
    await expectPaidOnce(charge);
    expect(await attemptStates(world, charge)).toEqual(['succeeded']);
  });

  test('is never prepared by a claim that was answered after its lease: nothing is asked of Stripe', async () => {
    const { world } = api;
    const charge = await world.charge(customer);
    const claimDue: typeof world.deps.leases.claimDue = async (kind, id) => {
      const claimed = await world.deps.leases.claimDue(kind, id);
      if (claimed === null) return null;
      // As the lease itself does when its deadline has passed while the answer was on its way.
      return { ...claimed, lease: { ...claimed.lease, signal: AbortSignal.abort(), remaining_ms: () => 0 } };
    };
    const late = { ...world.deps, leases: { ...world.deps.leases, claimDue } };

    await advance(late, 'charge', [charge]);

    const requests = await world.simulator.control.requests(world.secretKey);
    expect(requests.filter(({ idempotency_key }) => idempotency_key?.includes(charge))).toEqual([]);
    await world.advance(5);
    await world.work();
    await expectPaidOnce(charge);
  });
});

describe('a database set back to', () => {
  /** Every row of the charge as it was, whatever has been written since: a restore, while Stripe knows more. */
  async function setBack(charge: string, to: 'before the create' | 'before the confirm'): Promise<void> {
    const bound = to === 'before the create' ? 'null' : 'stripe_payment_intent_id';
    await api.world.sql.unsafe(`
      set session_replication_role = replica;
      delete from charge_attempts where charge_id = '${charge}';
      delete from events where object_id = '${charge}';
      delete from transitions where entity_id = '${charge}' and version > 1;
      delete from transitions where entity_id = '${charge}' and entity = 'attempt';
      update charges set state = 'queued', version = 1, due_at = dc_now(), settled_at = null, detail = null,
        amount_received_minor = null, stripe_payment_intent_id = ${bound},
        create_opened_at = case when ${bound} is null then null else create_opened_at end
      where id = '${charge}';
      set session_replication_role = default`);
  }

  test.each(['before the create', 'before the confirm'] as const)(
    '%s makes the same requests under the same keys, and charges nobody again',
    async (to) => {
      const { world } = api;
      const charge = await world.charge(customer);
      await world.work();
      await expectPaidOnce(charge);
      await setBack(charge, to);
      expect((await world.read(charge)).charge.state).toBe('queued');

      await world.work();

      await expectPaidOnce(charge);
      const [intent] = await world.ledger(charge);
      expect(intent?.confirms).toBe(1);
    },
  );
});

describe('a migration killed with its backend', () => {
  test.each([
    [4, 'after'],
    [20, 'before'],
    [50, 'after'],
    [80, 'before'],
  ] as const)('at statement %i, %s its effect, is run again and ends as any other', async (at, when) => {
    const database = await createEmptyDatabase();
    const admin = openDatabase({ url: database.url, applicationName: 'admin', connectionsMax: 1 });
    const proxy = await openStatementProxy(database.url, admin.sql);
    proxy.arm({ at, when });
    const child = spawn(process.execPath, [builtScript('scripts/operate/migrate.ts')], {
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: proxy.url },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    await until('the statement is struck', () => proxy.struck());
    child.kill('SIGKILL');
    await exited;
    await proxy.close();

    await migrate(database.url);

    const { known, applied } = await schemaLag(database.url);
    expect(applied).toBe(known);
    expect(await admin.sql`select 1 from instance`).toHaveLength(1);
    await admin.close();
    await database.drop();
  });
});
