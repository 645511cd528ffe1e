/** The links of an erased customer: they open nothing, with the same bytes as one that never was. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eraseCustomer } from '../../../src/billing/customer/erase-customer.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from '../recovery/recovery-world.ts';
import { createSetupPageWorld, type SetupPageWorld } from '../setup/setup-page-world.ts';

let world: RecoveryWorld;
let setups: SetupPageWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
  setups = await createSetupPageWorld();
});

afterAll(async () => {
  await world.close();
  await setups.close();
});

test('a paid bill’s link says so until the person is erased, then it opens as little as nonsense, and mails nobody', async () => {
  const { link, charge, customer } = await world.asked('pm_card_authenticationRequired');
  await world.cancel(charge);
  await world.work();
  const browser = world.browser();
  const page = await browser.get(link);
  expect([page.status, stateOf(page)]).toEqual([200, 'canceled']);
  expect((await eraseCustomer(world.deps, customer.customer_id, 'key_test')).outcome).toBe('erased');

  const refusal = await world.browser().get(`${world.url}/r/nonsense`);
  expect(await world.browser().get(link)).toMatchObject({ status: 404, html: refusal.html });
  expect(await browser.get(link)).toMatchObject({ status: 404, html: refusal.html });
  expect((await browser.get(page.url)).status).toBe(404);
  const mailed = world.mailsTo(customer.customer_id).length;
  const bad = await world.browser().get(link);
  await world.browser().press(bad, 'fresh-mail');
  await world.work();
  expect(world.mailsTo(customer.customer_id)).toHaveLength(mailed);
  expect(world.inbox.messages().filter(({ to }) => to === '')).toEqual([]);
});

test('the page of a setup is gone for who holds its link, and for who is on it', async () => {
  const { link, customer, id } = await setups.asked();
  await setups.api.world.work();
  const browser = setups.browser();
  const page = await browser.get(link);
  expect([page.status, stateOf(page)]).toEqual([200, 'to_accept']);
  const token = /name="form_token" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  expect((await setups.api.erase(`/v1/customers/${customer}`)).status).toBe(200);

  const refusal = await setups.browser().get(`${setups.url}/s/nonsense`);
  expect(await setups.browser().get(link)).toMatchObject({ status: 404, html: refusal.html });
  expect((await browser.get(page.url)).status).toBe(404);
  const headers = { origin: setups.url, 'user-agent': 'Browser of the late' };
  const pressed = await browser.post(`${page.url}/accept`, { form_token: token }, headers);
  expect(pressed.status).toBe(403);
  expect(await setups.consent(id)).toMatchObject({ accepted_at: null, ip_address: null, user_agent: null });
  expect((await setups.setup(id)).url).toBeNull();
});
