/** What was sent is kept for a while, and of a person no longer than they are. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resealSecrets } from '../../../src/billing/notify/reseal-secrets.ts';
import { newSecret, reseal, type SecretKeys } from '../../../src/notify/secrets.ts';
import { forgetDeliveries } from '../../../src/store/janitor/retention.ts';
import { LINK_KEYS } from '../../harness/notifying.ts';
import { createNotifyWorld, type NotifyWorld } from './notify-world.ts';

const DAY_S = 86_400;

let api: NotifyWorld;

beforeAll(async () => {
  api = await createNotifyWorld();
});
afterAll(() => api.close());

const forget = (days: number) => forgetDeliveries(api.world.sql, 0, { rows: 100, days });

async function rowsOf(endpoint: string) {
  const rows = await api.world.sql<{ state: string; tries: number; moves: number }[]>`
    select d.state, (select count(*)::int from delivery_attempts a where a.delivery_id = d.id) as tries,
           (select count(*)::int from transitions t where t.entity_id = d.id) as moves
    from webhook_deliveries d where d.endpoint_id = ${endpoint} order by d.created_at`;
  return rows.map(({ state, tries, moves }) => `${state} ${tries} ${moves}`);
}

test('what ended 35 days ago goes with its log and its moves, what is owed stays', async () => {
  const { id, receiver } = await api.endpoint(['customer.created']);
  await api.happen();
  await api.tell();
  await api.world.advance(20 * DAY_S);
  receiver.answerWith(500);
  await api.happen();
  await api.tell();
  expect(await rowsOf(id)).toEqual(['delivered 1 2', 'queued 1 1']);
  await api.world.advance(14 * DAY_S);
  expect((await forget(1)).gone).toBe(0);
  await api.world.advance(2 * DAY_S);

  expect((await forget(35)).gone).toBe(1);
  expect(await rowsOf(id)).toEqual(['queued 1 1']);
  await api.world.advance(60 * DAY_S);
  expect((await forget(35)).gone).toBe(0);
  const [orphans] = await api.world.sql`
    select count(*)::int as n from delivery_attempts a
    where not exists (select from webhook_deliveries d where d.id = a.delivery_id)`;
  expect(orphans?.n).toBe(0);
  await api.erase(`/v1/webhook_endpoints/${id}`);
});

test('what a receiver repeated of somebody goes with them', async () => {
  const { id, receiver } = await api.endpoint(['customer.created']);
  const secret = 'robin@example.test is a customer of yours';
  receiver.answerWith(200, {}, secret);
  const [robin = '', kim = ''] = await api.happen(2);
  await api.tell();
  await api.erase(`/v1/customers/${robin}`);

  const rows = await api.world.sql`
    select e.object_id, a.answer from delivery_attempts a
    join webhook_deliveries d on d.id = a.delivery_id join events e on e.id = d.event_id where d.endpoint_id = ${id}`;
  expect(Object.fromEntries(rows.map(({ object_id, answer }) => [object_id, answer]))).toEqual({
    [robin]: null,
    [kim]: secret,
  });
  await api.erase(`/v1/webhook_endpoints/${id}`);
});

test('a process that starts with a new key brings the secrets under it, and deliveries go on', async () => {
  const { id, receiver } = await api.endpoint(['customer.created']);
  const keys: SecretKeys = [{ kid: 'k0', secret: 'the-key-of-before-at-least-32-characters' }, ...LINK_KEYS];
  const { shown, kept } = newSecret(keys, id);
  await api.world.sql`
    update webhook_endpoints set secrets = ${api.world.sql.json([{ ...kept, until: null }])} where id = ${id}`;
  receiver.trust(shown);
  await api.happen();
  await api.tell();
  expect(await api.deliveries(id)).toMatchObject([{ attempts: [{ code: 'secret_unreadable' }] }]);

  const turned: SecretKeys = [...LINK_KEYS, ...keys];
  const notify = {
    ...api.world.deps.notify,
    resealed: (endpoint: string, secret: Parameters<typeof reseal>[2]) => reseal(turned, endpoint, secret),
  };
  await resealSecrets({ sql: api.world.sql, notify });
  await api.pass(10);
  expect(receiver.received).toHaveLength(1);
  await api.erase(`/v1/webhook_endpoints/${id}`);
});
