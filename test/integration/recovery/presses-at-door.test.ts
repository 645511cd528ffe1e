/** Presses at the door: those that wait leave room for others, and those that find none are told what is known. */
import { afterEach, expect, test } from 'vitest';
import { until } from '../../harness/until.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;

afterEach(() => api.close());

/** The page of a charge that waits for its customer, and how to press there. */
async function opened(places: { pages: number; waiting?: number }) {
  api = await createApiWorld({ limits: { places } });
  const { world, app } = api;
  const customer = await world.customer('pm_card_authenticationRequired');
  const charge = await world.charge(customer);
  await world.work();
  const [row] = await world.sql<Parameters<typeof world.deps.recovery.linkAddress>[0][]>`
    update recoveries set link_key_id = 'k1' where charge_id = ${charge}
    returning id, link_version, link_key_id, link_nonce`;
  if (row === undefined) throw new Error('no recovery');
  const link = await app.inject(new URL(world.deps.recovery.linkAddress(row)).pathname);
  const cookie = String(link.headers['set-cookie']).split(';')[0] ?? '';
  const url = String(link.headers.location);
  const page = await app.inject({ url, headers: { cookie } });
  const [, form_token = ''] = /name="form_token" value="([^"]+)"/.exec(page.body) ?? [];
  const form = new URLSearchParams({ form_token, seen_attempt: '1' }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return {
    charge,
    url,
    look: () => app.inject({ url, headers: { cookie } }),
    press: () =>
      app.inject({ method: 'POST', url: `${url}/confirm`, headers: { cookie, ...type }, payload: form }),
  };
}

/** A press whose confirm Stripe takes its time over. */
async function slowPress({ press, charge }: Awaited<ReturnType<typeof opened>>) {
  const match = { method: 'POST', route: '/v1/payment_intents/:id/confirm' };
  await api.world.simulator.control.faults({ match, action: { type: 'delay', ms: 2_500 }, times: 1 });
  let is_answered = false;
  const answer = press().then((answered) => {
    is_answered = true;
    return answered;
  });
  await until('the confirm to be on its way', async () => {
    const { attempts } = await api.world.read(charge);
    return attempts.at(-1)?.state === 'open';
  });
  return { answer, isAnswered: () => is_answered };
}

test('presses that wait for their twin hold no place: others see their pages meanwhile', async () => {
  const given = await opened({ pages: 2 });
  const first = await slowPress(given);

  await api.world.sql`update recoveries set visited_at = null`;
  const second = given.press();
  await until('the second press to be at work', async () => {
    const [row] = await api.world.sql`select visited_at from recoveries`;
    return row?.visited_at !== null;
  });
  await expect.poll(async () => (await given.look()).statusCode).toBe(200);
  expect(first.isAnswered()).toBe(false);

  const answers = await Promise.all([first.answer, second]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([303, 303]);
  expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
  expect(answers[0]?.headers.location).toContain('/3ds/');
});

test('a press that finds nowhere to wait says that it has sent nothing, and comes back to the page', async () => {
  const given = await opened({ pages: 9, waiting: 1 });
  const first = await slowPress(given);

  const others = [given.press(), given.press()];
  const turned_away = await Promise.race(others);
  expect(first.isAnswered()).toBe(false);
  expect([turned_away.statusCode, turned_away.headers.refresh]).toEqual([503, `6; url=${given.url}`]);
  expect(turned_away.body).toContain('Nothing was sent to your bank by pressing just now.');
  await Promise.all(others);
  expect((await first.answer).headers.location).toContain('/3ds/');
});

test('a press turned away at the door has sent nothing, and a look there comes again more and more slowly', async () => {
  const given = await opened({ pages: 1 });
  const first = await slowPress(given);

  const [press, look] = [await given.press(), await given.look()];
  const third = await api.app.inject(`${given.url}?look=2`);
  const back = await api.app.inject(`${given.url}/return`);
  expect(first.isAnswered()).toBe(false);
  expect([press.statusCode, press.headers.refresh]).toEqual([503, `6; url=${given.url}`]);
  expect(press.body).toContain('Nothing was sent to your bank by pressing just now.');
  expect([look.statusCode, look.headers.refresh]).toEqual([503, '2; url=?look=1']);
  expect(look.body).toContain('This page cannot be shown right now.');
  expect(third.headers.refresh).toBe('5; url=?look=3');
  expect(back.headers.refresh).toBe(`2; url=../${given.url.split('/').at(-1)}?look=1`);
  for (const { body } of [press, look, third, back]) expect(body).not.toContain('not charged');
  await first.answer;
  expect((await api.world.read(given.charge)).attempts).toHaveLength(2);
});
