/** How merchants' endpoints fare, as a scrape shows it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNotifyWorld, type NotifyWorld } from '../integration/notify/notify-world.ts';
import { samplesOf, valuesOf } from './samples.ts';

const HOUR_S = 3_600;

let api: NotifyWorld;

beforeAll(async () => {
  api = await createNotifyWorld();
});
afterAll(() => api.close());

const scrape = async () => samplesOf(await api.world.deps.metrics.registry.metrics());

test('shows what came back, how old what is owed is, and who is disabled by whom', async () => {
  const only = ['customer.created'];
  const [good, bad, gone, off] = [
    await api.endpoint(only),
    await api.endpoint(only),
    await api.endpoint(only),
    await api.endpoint(only),
  ];
  bad.receiver.answerWith(503);
  gone.receiver.answerWith(410);
  await api.patch(`/v1/webhook_endpoints/${off.id}`, { status: 'disabled' });
  await api.happen();
  await api.tell();
  await api.world.advance(HOUR_S);

  const samples = await scrape();
  expect(valuesOf(samples, 'duecourse_deliveries_total')).toEqual({ delivered: 1, http_5xx: 1, http_4xx: 1 });
  expect(valuesOf(samples, 'duecourse_webhook_endpoints')).toEqual({
    enabled: 2,
    merchant: 1,
    gone: 1,
    failing: 0,
  });
  const ages = valuesOf(samples, 'duecourse_delivery_age_seconds');
  expect(Object.keys(ages).sort()).toEqual([good.id, bad.id].sort());
  expect(ages[good.id]).toBe(0);
  expect(ages[bad.id]).toBeGreaterThanOrEqual(HOUR_S);
});
