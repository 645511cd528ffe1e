/** A verb whose effect was lost with the server's life before its key was kept: nobody is told that it was done. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, bodyOf, createApiWorld } from './api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});

afterAll(() => api.close());

/** Holds the keys back until `lose` has run: what a verb does in between is written, its key is not. */
async function betweenActAndKey<T>(ask: () => Promise<T>, lose: () => Promise<void>): Promise<T> {
  const { sql } = api.world;
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`lock table idempotency_keys in exclusive mode`;
  const answer = ask();
  const waiting = () => sql`
    select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  try {
    await expect.poll(waiting, { timeout: 60_000, interval: 20 }).toHaveLength(1);
    await lose();
  } finally {
    await holder`rollback`;
    holder.release();
  }
  return answer;
}

/** The charge is as it was before anybody asked for its end. */
async function forgetClose(charge: string): Promise<void> {
  await api.world.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      update charges set state = 'queued', close_requested_at = null, close_as = null, close_detail = null,
        detail = null, due_at = dc_now() where id = ${charge}`;
    await tx`delete from transitions where entity_id = ${charge} and from_state is not null`;
  });
}

/** Another server answers, as after a failover: one whose last commit this was not. */
async function lifeEnds(): Promise<void> {
  await api.world.sql.unsafe(
    `create or replace function database_life() returns text language sql stable as $$ select '${randomUUID()}' $$`,
  );
}

test('a cancel that a failover forgets is answered 503, and cancels when it is asked for again', async () => {
  const { world } = api;
  const customer = await world.customer('pm_card_visa');
  const charge = (await api.post('/v1/charges', bodyOf(customer))).body.id;
  const key = randomUUID();
  const cancel = () => api.post(`/v1/charges/${charge}/cancel`, undefined, { key });

  const first = await betweenActAndKey(cancel, async () => {
    await forgetClose(charge);
    await lifeEnds();
  });
  expect(first).toMatchObject({ status: 503, body: { code: 'unavailable' } });

  expect(await cancel()).toMatchObject({ status: 202, body: { id: charge } });
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('canceled');
  expect(await world.ledger(charge)).toEqual([]);
});

test('so is a revocation, and what rests on the consent closes after the second time', async () => {
  const { world } = api;
  const customer = await world.customer('pm_card_visa');
  const charge = (await api.post('/v1/charges', bodyOf(customer))).body.id;
  const key = randomUUID();
  const revoke = () => api.post(`/v1/consents/${customer.consent_id}/revoke`, undefined, { key });

  const first = await betweenActAndKey(revoke, async () => {
    await forgetClose(charge);
    await world.sql`update consents set revoked_at = null where id = ${customer.consent_id}`;
    await lifeEnds();
  });
  expect(first).toMatchObject({ status: 503, body: { code: 'unavailable' } });

  expect(await revoke()).toMatchObject({ status: 200, body: { id: customer.consent_id } });
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('canceled');
  expect(await world.ledger(charge)).toEqual([]);
});

test('a server that lives on answers as ever, and repeats it under the key', async () => {
  const customer = await api.world.customer('pm_card_visa');
  const charge = (await api.post('/v1/charges', bodyOf(customer))).body.id;
  const key = randomUUID();
  const cancel = () => api.post(`/v1/charges/${charge}/cancel`, undefined, { key });

  const first = await betweenActAndKey(cancel, async () => {});
  expect(first.status).toBe(202);
  expect((await cancel()).headers['idempotent-replayed']).toBe('true');
});
