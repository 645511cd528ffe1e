import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

/** Every row of every table, as text. */
async function everyRow(): Promise<string> {
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await world.sql<{ row: string }[]>`select t::text as row from ${world.sql(name)} t`;
    parts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return parts.join('\n');
}

test('no token, cookie, secret or bank address gets into a table, a log or a request to Stripe', async () => {
  const browser = world.browser();
  const { customer, link } = await world.asked('pm_card_authenticationRequired');
  const page = await browser.get(link);
  const bank = await browser.press(page, 'confirm', { future_use: 'yes' });
  const paid = await browser.press(bank, '3ds-complete');
  expect(stateOf(paid)).toBe('paid');
  const other = await world.asked('pm_card_visa', ['expired_card']);
  const checkout = await browser.press(await browser.get(other.link), 'replace');
  await browser.press(checkout, 'checkout-pay', { number: '4242424242424242', action: 'pay' });
  await world.work();

  const forms = [...page.html.matchAll(/name="form_token" value="([^"]+)"/g)].map((match) => match[1] ?? '');
  const returned = [...paid.through, ...bank.through].join(' ');
  const secrets = /payment_intent_client_secret=([^& ]+)/.exec(returned)?.[1] ?? '';
  const canaries = [
    link.split('/').at(-1) ?? '',
    other.link.split('/').at(-1) ?? '',
    ...browser.cookies.map((cookie) => cookie.value),
    ...forms,
    secrets,
    new URL(bank.url).pathname,
    new URL(checkout.url).pathname,
    'a-link-secret-of-at-least-32-characters',
  ].map((text) => (text.startsWith('v1.rec_') ? (text.split('.').at(-1) ?? '') : text));
  expect(canaries.filter((text) => text.length < 12)).toEqual([]);

  const rows = await everyRow();
  const logs = world.logged.join('\n');
  const sent = JSON.stringify(
    (await world.simulator.control.requests()).map(({ path, query, body }) => ({ path, query, body })),
  );
  expect(logs).toContain('recovery.pressed');
  for (const canary of new Set(canaries)) {
    expect({ canary, in_rows: rows.includes(canary) }).toEqual({ canary, in_rows: false });
    expect({ canary, in_logs: logs.includes(canary) }).toEqual({ canary, in_logs: false });
  }
  for (const canary of canaries.slice(0, 2 + browser.cookies.length + forms.length))
    expect({ canary, sent: sent.includes(canary) }).toEqual({ canary, sent: false });
  expect(logs).not.toContain(`${customer.customer_id}@example.test`);
  expect(logs).not.toContain('client_secret');
});
