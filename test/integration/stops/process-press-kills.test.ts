/**
 * The API dies while a customer presses, at every place that a press passes: the worker resumes what was written
 * ahead, and the customer, who saw nothing but a broken page, comes back by the same link.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { endOf } from '../../harness/children.ts';
import { markStartsWorker, queueBackend } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { createBrowser, offers, stateOf } from '../recovery/recovery-world.ts';

const PLACES = [
  'bind.before',
  'bind.after_effect',
  'bind.after',
  'confirm.before',
  'confirm.after_effect',
  'confirm.after',
  'settle.before',
  'settle.after_effect',
  'settle.after',
] as const;
/** Where a press that needs no bank has moved money that nobody has told the customer of. */
const PAID_UNTOLD = ['confirm.after_effect', 'settle.before', 'settle.after_effect'] as const;

type Asked = { readonly id: string; readonly link: string };

let stack: Stack;
let api: NodeProcess;
const challenged = new Map<string, Asked>();
const unchallenged = new Map<string, Asked>();
let kills = 0;

beforeAll(async () => {
  stack = await startStack();
  [api] = await Promise.all([stack.startApi(), stack.startWorker()]);
  for (const place of PLACES) challenged.set(place, await ask('pm_card_authenticationRequired'));
  for (const place of PAID_UNTOLD)
    unchallenged.set(place, await ask('pm_card_visa', ['authentication_required', 'succeed']));
});

afterAll(async () => {
  console.log(`kills by press on ${queueBackend()}: ${kills}`);
  await stack.close();
});

/** A charge whose customer has got a mail. */
async function ask(token: string, script?: Parameters<Stack['customer']>[1]): Promise<Asked> {
  const { customer_id } = await stack.customer(token, script);
  const { body } = await stack.api.post('/v1/charges', {
    customer: customer_id,
    amount: 4_299,
    currency: 'eur',
    description: 'Power in October',
  });
  const link = await until('the mail with the link', () => {
    const mail = stack.inbox.messages().find(({ to }) => to === `${customer_id}@example.test`);
    return mail?.links.find((address) => address.includes('/r/'));
  });
  return { id: body.id, link };
}

function of(asked: Map<string, Asked>, place: string): Asked {
  const found = asked.get(place);
  if (found === undefined) throw new Error(`nobody was asked for ${place}`);
  return found;
}

/** The press during which the API dies: the customer's browser shows a broken connection. */
async function pressAndKill(place: string, { link }: Asked): Promise<void> {
  markStartsWorker();
  await api.stop(5_000);
  api = await stack.startApi({ failpoints: `${place}:kill` });
  const browser = createBrowser();
  const page = await browser.get(link);
  expect(offers(page, 'confirm')).toBe(true);
  // A webhook that overtakes the press settles for it, and then the place after its settling is never passed.
  await stack.simulator.control.webhooks({ paused: true });

  await expect(browser.press(page, 'confirm')).rejects.toThrow();

  await stack.simulator.control.webhooks({ paused: false });

  const end = await endOf(api);
  expect({ signal: end.signal, code: end.code }).toEqual({ signal: 'SIGKILL', code: null });
  const hit = JSON.stringify({ event: 'failpoint.hit', failpoint: place });
  // The last line of a process may be read after its end is known.
  await expect.poll(() => stack.linesOf(api).filter((line) => line === hit)).toHaveLength(1);
  kills += 1;
}

async function expectPaidOnce(id: string): Promise<void> {
  await until(`${id} is paid`, async () => {
    const { body } = await stack.api.get(`/v1/charges/${id}`);
    return body.status === 'succeeded';
  });
  const intents = await stack.ledger(id);
  expect(intents.filter((intent) => intent.status !== 'canceled')).toHaveLength(1);
  expect(intents.reduce((sum, intent) => sum + intent.successes, 0)).toBe(1);
  const open = await stack.sql`select 1 from charge_attempts where charge_id = ${id} and ended_at is null`;
  expect(open).toEqual([]);
}

describe('the API killed during a press', () => {
  test.each(PLACES)('at %s, where the bank will want the customer', async (place) => {
    await pressAndKill(place, of(challenged, place));
  });

  test.each(PAID_UNTOLD)('at %s, where the bank lets it pass', async (place) => {
    await pressAndKill(place, of(unchallenged, place));
  });
});

describe('the customer who comes back after the API died', () => {
  beforeAll(async () => {
    await api.stop(5_000);
    api = await stack.startApi();
  });

  test.each(PLACES)('at %s passes at the bank and has paid once', async (place) => {
    const { id, link } = of(challenged, place);
    const browser = createBrowser();
    const page = await until('a page with a button', async () => {
      const shown = await browser.get(link);
      return offers(shown, 'confirm') ? shown : null;
    });
    const bank = await browser.press(page, 'confirm');
    expect(bank.url).toContain('/3ds/');

    const back = await browser.press(bank, '3ds-complete');

    expect(stateOf(back)).toBe('paid');
    await expectPaidOnce(id);
  });

  test.each(PAID_UNTOLD)('at %s finds it paid', async (place) => {
    const { id, link } = of(unchallenged, place);
    await expectPaidOnce(id);
    expect(stateOf(await createBrowser().get(link))).toBe('paid');
  });
});
