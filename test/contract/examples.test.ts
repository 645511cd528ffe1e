/**
 * The programs in `examples/`, run as their heads say against a whole Duecourse. On their way requests are turned away,
 * answers are lost, programs are killed; the ledger says what was taken.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type ApiDoor, openDoor } from './api-door.ts';
import { cents, linksIn, saveAccount, saveCard, startProgram } from './outside/example-programs.ts';
import { openBrowser, stateOf } from './outside/outside-customer.ts';
import { linkIn, mailsTo } from './outside/outside-mail.ts';
import { eventually, openWorld, read, type World } from './outside/outside-world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [HEAD = '', ...LINES] = readFileSync(`${ROOT}examples/metered-usage.csv`, 'utf8')
  .split('\n')
  .slice(0, 9);
const NEXT_YEAR = `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`;
const GOOD_CARD = '4242424242424242';
const CARD_OF_A_BANK_THAT_ASKS = '4000002760003184';

let world: World;
let door: ApiDoor;
beforeAll(async () => {
  world = await openWorld();
  door = await openDoor(world.ready.api_url);
});
afterAll(async () => {
  await door?.close();
  await world?.close();
});

const start = (words: readonly string[], stdin = '', settings: Readonly<Record<string, string>> = {}) =>
  startProgram(words, stdin, {
    ...settings,
    DUECOURSE_API_URL: door.url,
    DUECOURSE_API_KEY: world.ready.api_key,
  });

const bill = (lines = LINES) => start(['usage-billing', '2026-10'], [HEAD, ...lines].join('\n'));
const rental = (...words: string[]) => start(['rental', ...words]).ended;

const paymentShape = z.object({ id: z.string(), amount: z.int(), successes: z.int(), confirms: z.int() });

async function payments() {
  const ledger = read(
    z.object({ payment_intents: z.array(paymentShape) }),
    await world.sim('GET', '/ledger'),
  );
  return ledger.payment_intents;
}

/** What the ledger has taken for these amounts, each of which occurs once. */
async function taken(amounts: readonly number[]): Promise<number[]> {
  const all = await payments();
  return amounts.map((amount) => {
    const [payment, ...more] = all.filter((each) => each.amount === amount);
    expect(more).toEqual([]);
    return (payment?.successes ?? 0) * amount;
  });
}

async function chargeRows(prefix: string) {
  return world.sql<{ reference: string; state: string; amount_minor: string }[]>`
    select reference, state, amount_minor from charges where starts_with(reference, ${prefix}) order by reference`;
}

test('a month of usage is charged once, however often its billing is run, killed or answered by nothing', async () => {
  const first = await bill().ended;
  expect([first.code, first.stderr]).toEqual([0, '']);
  const links = linksIn(first.stdout);
  expect(links).toHaveLength(LINES.length);
  expect(await payments()).toEqual([]);
  await Promise.all(links.map((url, at) => saveCard(url, at === 2 ? CARD_OF_A_BANK_THAT_ASKS : GOOD_CARD)));
  await eventually(
    () => world.sql`select 1 from payment_methods where state = 'usable'`,
    (rows) => rows.length === LINES.length,
  );

  const killed = bill();
  door.onCharge((count) => {
    if (count === 5) killed.child.kill('SIGKILL');
    return count === 5 ? 'lose' : 'pass';
  });
  expect((await killed.ended).code).toBe(null);
  await eventually(
    () => chargeRows('usage-2026-10-'),
    ({ length }) => length === 5,
  );

  door.onCharge((count) => (count === 2 ? 'busy' : count === 4 || count === 7 ? 'lose' : 'pass'));
  const second = await bill().ended;
  expect([second.code, second.stderr]).toEqual([0, '']);
  const amounts = LINES.map(cents);
  const due = amounts.map((amount, at) => (at === 2 ? 0 : amount));
  expect(await taken(amounts)).toEqual(due);
  expect((await chargeRows('usage-2026-10-')).map(({ amount_minor }) => Number(amount_minor))).toEqual(
    amounts,
  );
  expect(second.stdout).toMatch(/^H0003 .* requires_action {2}authentication_required$/m);
  const paid = due.reduce((sum, amount) => sum + amount, 0);
  expect(second.stdout).toContain(`\nsucceeded: ${(paid / 100).toFixed(2)} EUR\n`);

  const before = await payments();
  const third = await bill().ended;
  expect([third.code, third.stdout]).toEqual([0, second.stdout]);
  const corrected = `${LINES[0]?.split(',').slice(0, 5).join(',')},99999`;
  const fourth = await bill([corrected, ...LINES.slice(1)]).ended;
  expect([fourth.code, fourth.stdout]).toEqual([1, expect.stringContaining('the first bill stands')]);
  expect(await payments()).toEqual(before);
});

test('a rental is charged at its return, once, for what was counted then', async () => {
  const signed = '2026-10-01T09:30:00Z';
  const killed = start(['rental', 'pick-up', 'R001', signed]);
  const [link = ''] = await eventually(
    () => Promise.resolve(linksIn(killed.told())),
    ({ length }) => length > 0,
  );
  killed.child.kill('SIGKILL');
  await killed.ended;
  await saveCard(link, GOOD_CARD);
  const pickedUp = await rental('pick-up', 'R001', signed);
  expect([pickedUp.code, pickedUp.stdout]).toEqual([0, expect.stringContaining('Finn Berg is on file')]);

  const amount = 5 * 5_200 + 103 * 24;
  door.onCharge((count) => (count === 1 ? 'lose' : 'pass'));
  for (let times = 1; times <= 2; times += 1) {
    const returned = await rental('return', 'R001', '5', '103');
    expect(returned).toEqual({ code: 0, stdout: 'Finn Berg has paid 284.72 EUR.\n', stderr: '' });
  }
  const other = await rental('return', 'R001', '5', '301');
  expect([other.code, other.stderr]).toEqual([
    1,
    'Charged before, for other figures: the first charge stands\n',
  ]);
  expect(await taken([amount, 5 * 5_200 + 301 * 24])).toEqual([amount, 0]);
  expect(await chargeRows('rental-R001')).toMatchObject([
    { state: 'succeeded', amount_minor: String(amount) },
  ]);

  door.onCharge((count) => (count === 1 ? 'lose' : 'pass'));
  for (let times = 1; times <= 2; times += 1) {
    const damaged = await rental('damage', 'R001', '18003');
    expect(damaged).toEqual({ code: 0, stdout: 'Finn Berg has paid 180.03 EUR.\n', stderr: '' });
  }
  expect(await taken([amount, 18_003])).toEqual([amount, 18_003]);

  door.onCharge(() => 'pass');
  for (let times = 1; times <= 2; times += 1) {
    const refunded = await rental('refund', 'R001', '6001');
    expect(refunded).toEqual({ code: 0, stdout: '60.01 EUR go back.\n', stderr: '' });
  }
  await eventually(
    () => refundedOf('damage-R001'),
    (back) => back === 6_001,
  );
});

/** What the API says has gone back of a charge. */
async function refundedOf(reference: string): Promise<number> {
  const shape = z.object({ data: z.array(z.object({ amount_refunded: z.int() })) });
  const { data } = read(shape, await world.call('GET', `/v1/charges?reference=${reference}`));
  return data.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0);
}

test('a pledge waits for its campaign, and one of a campaign that misses its goal is never taken', async () => {
  const pledge = () => start(['pledge', 'pledge', 'P001', NEXT_YEAR]).ended;
  const asked = await pledge();
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining('No card yet: http')]);
  await saveCard(linksIn(asked.stdout)[0] ?? '', GOOD_CARD);
  const pledged = await eventually(pledge, ({ stdout }) => !stdout.includes('No card yet'));
  expect(pledged.stdout).toBe(`Wim Pohl pledges 100.00 USD to lighthouse, due at ${NEXT_YEAR}.\n`);

  const decided = await start(['pledge', 'decide', 'lighthouse']).ended;
  expect(decided).toEqual({
    code: 0,
    stdout: 'lighthouse: 100.00 USD of 800.00 USD, missed; 1 canceled.\n',
    stderr: '',
  });
  await eventually(
    () => chargeRows('pledge-'),
    ([row]) => row?.state === 'canceled',
  );
  expect(await taken([10_000])).toEqual([0]);
});

test('a campaign charges its pledges once when they come to its goal, and nobody when they do not', async () => {
  const [row] = await world.sql<{ by: Date }[]>`select dc_now() + interval '1 day' as by`;
  const by = row?.by.toISOString() ?? '';
  const amounts = [6_101, 6_203, 6_307, 6_409];
  const rows = amounts.map((minor, at) => `C${at},Robin C${at},c${at}@example.com,,${minor},usd`);
  const campaign = (words: string[], from = 0, to = from) =>
    start(
      ['campaign', ...words],
      ['account,name,email,campaign,minor,currency', ...rows.slice(from, to)].join('\n'),
    ).ended;
  const pledge = (to: number) => campaign(['pledge', 'harbour', '18000', by], 0, to);
  const missed = () => campaign(['pledge', 'lantern', '18000', by], 3, 4);
  for (const url of [...linksIn((await pledge(3)).stdout), ...linksIn((await missed()).stdout)])
    await saveCard(url, GOOD_CARD);
  await eventually(
    () => pledge(2),
    ({ code, stdout }) => code === 0 && !stdout.includes('http'),
  );
  expect((await campaign(['decide', 'harbour'])).stdout).toBe('harbour: its goal is not reached\n');
  await eventually(
    () => pledge(3),
    ({ stdout }) => stdout === 'harbour: 0 new, 3 known\n',
  );
  await eventually(missed, ({ stdout }) => stdout === 'lantern: 0 new, 1 known\n');
  expect(await taken(amounts)).toEqual([0, 0, 0, 0]);

  const released = { code: 0, stdout: 'harbour: release\n', stderr: '' };
  for (let times = 1; times <= 2; times += 1) expect(await campaign(['decide', 'harbour'])).toEqual(released);
  const reported = await eventually(
    () => campaign(['report', 'harbour']),
    ({ stdout }) => stdout.endsWith('harbour: completed\n'),
  );
  expect(reported.stdout).toContain('C1  succeeded  62.03 USD\n');
  await world.advance(86_400);
  await eventually(
    () => campaign(['report', 'lantern']),
    ({ stdout }) => stdout === 'lantern-C3  canceled  0.00 USD\nlantern: canceled\n',
  );
  expect(await taken(amounts)).toEqual([...amounts.slice(0, 3), 0]);
});

test('where the bank asks, the desk is told so, and told of the payment once the customer has been back', async () => {
  const signed = '2026-10-02T09:30:00Z';
  const desk = start(['rental', 'pick-up', 'R002', signed]);
  const [link = ''] = await eventually(
    () => Promise.resolve(linksIn(desk.told())),
    ({ length }) => length > 0,
  );
  await saveCard(link, CARD_OF_A_BANK_THAT_ASKS);
  expect((await desk.ended).code).toBe(0);

  const asked = await rental('return', 'R002', '1', '127');
  expect(asked.stdout).toMatch(
    /^Not yet: 82\.48 EUR need Eva Weber \(authentication_required\); eva\.weber\.r002@/,
  );
  const [mail] = await eventually(
    () => mailsTo(world, 'eva.weber.r002@example.com'),
    ({ length }) => length > 0,
  );
  const browser = openBrowser();
  const bank = await browser.press(await browser.open(linkIn(mail)), 'confirm');
  expect(stateOf(await browser.press(bank, '3ds-complete'))).toBe('paid');
  expect((await rental('return', 'R002', '1', '127')).stdout).toBe('Eva Weber has paid 82.48 EUR.\n');
  expect(await taken([8_248])).toEqual([8_248]);
});

const nothingDue = () => world.sql`select 1 from charges where due_at <= dc_now()`;

test('a utility debits three months of use, once each, and hears of the debit that came back weeks later', async () => {
  const households = ['U1', 'U2'].map(
    (account) => `${account},Robin ${account},${account}@example.com,30000`,
  );
  const read = (month: number) =>
    [
      HEAD,
      ...households.map((line, at) => `${line},${month * 100},${month * 100 + 110 + 7 * month + at}`),
    ].join('\n');
  const utility = (words: string[], stdin = '') => start(['utility', ...words], stdin).ended;
  for (const url of linksIn((await utility(['sign-up'], read(0))).stdout))
    await saveAccount(url, 'DE89370400440532013000');
  await eventually(
    () => utility(['sign-up'], read(0)),
    ({ stdout }) => stdout === 'U1  has signed\nU2  has signed\n',
  );
  for (const month of [1, 2, 3]) {
    door.onCharge((count) => (count === 2 ? 'lose' : 'pass'));
    const billed = await utility(['bill', `2027-0${month}`], read(month));
    expect([billed.code, billed.stderr]).toEqual([0, '']);
    expect(billed.stdout.match(/processing/g)).toHaveLength(2);
    while ((await chargeRows(`power-2027-0${month}`)).some(({ state }) => state !== 'succeeded')) {
      await world.advance(86_400);
      await eventually(nothingDue, ({ length }) => length === 0);
    }
    expect((await utility(['bill', `2027-0${month}`], read(month))).stdout.match(/succeeded/g)).toHaveLength(
      2,
    );
  }
  const amounts = [1, 2, 3].flatMap((month) => [0, 1].map((at) => (110 + 7 * month + at) * 30));
  expect(await taken(amounts)).toEqual(amounts);

  await world.advance(42 * 86_400);
  const [late] = await world.sql<{ stripe: string }[]>`
    select a.stripe_charge_id as stripe from charge_attempts a join charges c on c.id = a.charge_id
    where c.reference = 'power-2027-01-U2'`;
  await world.sim('POST', `/charges/${late?.stripe}/dispute`, { reason: 'debit_not_authorized' });
  const returns = await eventually(
    () => utility(['returns']),
    ({ stdout }) => stdout !== '',
  );
  expect(returns.stdout).toBe('power-2027-01-U2  35.40 EUR came back: debit_not_authorized\n');
});
