/** `duecourse` as merchants and operators type it, against a whole Duecourse. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtScript } from '../harness/built.ts';
import { savedCard } from './outside/outside-merchant.ts';
import { eventually, openWorld, type World } from './outside/outside-world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function start(words: readonly string[], env?: Record<string, string>) {
  const { ready } = world;
  const usual = {
    DUECOURSE_API_URL: ready.api_url,
    DUECOURSE_API_KEY: ready.api_key,
    DATABASE_URL: ready.database_url,
  };
  const child = spawn(process.execPath, [builtScript('scripts/operate/duecourse.ts'), ...words], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...(env ?? usual) },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number | null, stdout, stderr }));
  return { child, ended, told: () => stdout };
}

const run = (...words: string[]) => start(words).ended;

/** What `--json` answers. */
async function answered(...words: string[]) {
  const { code, stdout, stderr } = await run(...words, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

test('a merchant finds a customer, charges them once, reads what came of it, and cancels', async () => {
  const { customer } = await savedCard(world);
  expect(await answered('customers', 'show', customer)).toMatchObject({ id: customer });
  const asked = ['--customer', customer, '--amount', '2500', '--currency', 'eur', '--description', 'October'];
  const create = () => answered('charges', 'create', ...asked, '--reference', 'october');
  const charge = await create();
  expect(await create()).toMatchObject({ id: charge.id, amount: 2_500, reference: 'october' });

  expect(await answered('charges', 'show', charge.id, '--wait', '20')).toMatchObject({ status: 'succeeded' });
  const listed = await run('charges', 'list', '--customer', customer, '--status', 'succeeded');
  expect(listed.stdout).toBe(`${charge.id}  succeeded  €25.00  october\n`);
  expect((await run('charges', 'timeline', charge.id)).stdout).toMatch(/charge {2}succeeded/);
  const refused = await run('charges', 'cancel', charge.id);
  expect([refused.code, refused.stdout, refused.stderr]).toEqual([1, '', '409 It has succeeded already\n']);

  const later = ['--due-at', '2030-01-01T00:00:00Z', '--metadata', 'run=may', '--metadata', 'a=b=c'];
  const due = await answered('charges', 'create', ...asked, ...later);
  expect(due).toMatchObject({ status: 'scheduled', metadata: { run: 'may', a: 'b=c' } });
  expect(await answered('charges', 'cancel', due.id)).toMatchObject({ id: due.id, in_flight: [] });
});

test('a run is made, filled, looked at, started, paused, followed to its end and reported', async () => {
  const { customer } = await savedCard(world);
  const limits = ['--pace', '1', '--stop-loss', '0.5', '--of-last', '10'];
  const create = () => answered('runs', 'create', '--name', 'usage', '--reference', 'usage-10', ...limits);
  const { id } = await create();
  expect(await create()).toMatchObject({ id, pace_per_s: 1, stop_loss: { share: '0.5', of_last: 10 } });
  const line = (reference: string, of = customer) =>
    JSON.stringify({ reference, customer: of, amount: 1_000, currency: 'eur', description: 'October' });
  const lines = [line('u-1'), line('u-2'), line('u-3', 'cst_aaaaaaaaaaaaaaaaaaaaaaaa')].join('\n');
  const first = await importing(id, 'lines.ndjson', lines);
  expect([first.code, first.stdout]).toEqual([
    1,
    'line 3  u-3  not_found  customer does not exist\naccepted 2, replayed 0, refused 1\n',
  ]);
  const csv = `reference,customer,amount,currency,description\nu-3,${customer},1000,eur,October\n`;
  const counted = 'accepted 1, replayed 0, refused 0\n';
  expect(await importing(id, 'lines.csv', csv)).toEqual({ code: 0, stdout: counted, stderr: '' });
  const piped = start(['runs', 'import', id, '-', '--json']);
  piped.child.stdin.end(line('u-1'));
  expect(JSON.parse((await piped.ended).stdout)).toMatchObject({ accepted: 0, replayed: 1, refused: 0 });

  expect((await run('runs', 'preview', id)).stdout).toBe('3 charges, 3 s\ncharge  card  3  €30.00\n');
  const changed = await run('runs', 'start', id, '--expect-count', '4');
  expect([changed.code, changed.stdout, changed.stderr]).toEqual([
    1,
    '',
    expect.stringMatching(/^409 .*expect\.count is not how many it has now/),
  ]);
  expect((await run('runs', 'start', id, '--expect-count', '3')).stdout).toContain(`${id}  usage  running`);
  expect((await run('runs', 'pause', id)).stdout).toContain(`${id}  usage  paused  requested`);
  expect(await run('runs', 'pause', id)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^409 /) });
  const watched = start(['runs', 'watch', id]);
  await eventually(
    () => Promise.resolve(watched.told()),
    (stdout) => stdout.includes('paused'),
  );
  expect((await run('runs', 'resume', id)).stdout).toContain(`${id}  usage  running`);
  const { code, stdout, stderr } = await watched.ended;
  expect([code, stderr]).toEqual([0, '']);
  const told = stdout.trim().split('\n');
  expect(told.filter((one) => !one.startsWith(`${id}  usage  `))).toEqual([]);
  expect(told.filter((one, place) => one === told[place - 1])).toEqual([]);
  expect(told.at(-1)).toBe(`${id}  usage  completed  succeeded 3  €30.00 of €30.00`);
  expect((await run('runs', 'list')).stdout).toContain(told.at(-1));

  const report = (await run('runs', 'report', id)).stdout.trim().split('\r\n');
  expect(report.slice(1).filter((row) => row.includes(',succeeded,'))).toHaveLength(3);
  expect(await answered('runs', 'report', id)).toMatchObject({ run: { id }, data: [{}, {}, { net: 1_000 }] });
});

/** Sends this text as a file of this name. */
async function importing(id: string, name: string, text: string): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-lines-'));
  try {
    writeFileSync(join(folder, name), text);
    return await run('runs', 'import', id, join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a group of pledges is decided once, and a draft is canceled', async () => {
  const { customer } = await savedCard(world);
  const goal = ['--goal-amount', '1000', '--goal-currency', 'eur', '--goal-by', '2040-01-01T00:00:00Z'];
  const { id } = await answered('runs', 'create', '--name', 'campaign', '--hold', ...goal);
  await run('runs', 'start', id);
  const decide = (decision: string, ...more: string[]) =>
    run('runs', 'decide', id, '--decision', decision, ...more);
  expect((await decide('release')).stderr).toMatch(/^409 .*needs the goal to be reached/);
  expect((await decide('extend', '--by', '2041-01-01T00:00:00Z')).code).toBe(0);
  const pledge = { reference: 'p-1', customer, amount: 1_000, currency: 'eur', description: 'Pledge' };
  expect((await importing(id, 'pledges.ndjson', JSON.stringify(pledge))).code).toBe(0);
  expect((await decide('release')).stdout).toContain(`${id}  campaign  running  release`);
  expect(await decide('cancel')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('stands: release'),
  });
  expect((await run('runs', 'watch', id, '--json')).stdout).toMatch(/"status":"completed".*\n$/);

  const half = await run('runs', 'create', '--name', 'campaign', '--hold', '--goal-amount', '1000');
  expect([half.code, half.stderr]).toEqual([1, expect.stringMatching(/^400 .*goal\.currency/)]);
  const draft = await answered('runs', 'create', '--name', 'campaign');
  expect((await run('runs', 'cancel', draft.id)).stdout).toBe(`${draft.id}  campaign  canceled\n`);
});

test('a link for a new customer is two commands', async () => {
  const make = ['customers', 'create', '--email', 'bo@example.com', '--name', 'Bo Lind', '--reference', 'B1'];
  const { id } = await answered(...make);
  expect(await run(...make)).toMatchObject({ code: 0, stdout: `${id}  B1  bo@example.com  Bo Lind\n` });
  expect((await answered('customers', 'list', '--reference', 'B1')).data).toMatchObject([{ id }]);
  const words = ['--text', 'You may charge my card.', '--basis', 'what I use'];
  const to = ['--customer', id, '--return-url', 'https://shop.example/done'];
  const setup = await answered('setups', 'create', ...to, ...words);
  expect(setup).toMatchObject({ customer: id, url: expect.stringMatching(/^http/) });
  expect(await answered('setups', 'show', setup.id)).toMatchObject({ id: setup.id });
});

test('events are followed from where one was, each told once, until it is enough', async () => {
  const listed = await eventually(
    () => answered('events', 'list', '--limit', '2'),
    ({ data }) => data.length === 2,
  );
  const lines = (stdout: string) => stdout.trim().split('\n');
  const once = await run('events', 'tail', '--once', '--after', listed.next_cursor, '--json');
  const told = lines(once.stdout).map((line) => JSON.parse(line).id);
  expect(new Set(told).size).toBe(told.length);
  expect(told).not.toContain(listed.data[1].id);

  const tail = start(['events', 'tail', '--type', 'customer.*', '--every', '1']);
  await eventually(
    () => Promise.resolve(tail.told()),
    (stdout) => stdout.includes('customer.created'),
  );
  const { id } = await answered('customers', 'create', '--email', 'late@example.com');
  await eventually(
    () => Promise.resolve(tail.told()),
    (stdout) => stdout.includes(id),
  );
  tail.child.kill('SIGINT');
  const { code, stdout, stderr } = await tail.ended;
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^go on with --after dce_\w+\n$/)]);
  expect(lines(stdout).filter((line) => line.includes(id) && line.includes('customer.created'))).toHaveLength(
    1,
  );
});

test('an endpoint is made, tested, given another secret, told again, and ended', async () => {
  const url = 'https://merchant.invalid/duecourse';
  const create = () => answered('endpoints', 'create', '--url', url, '--events', 'charge.*', '--key', 'one');
  const made = await create();
  expect(made).toMatchObject({ url, events: ['charge.*'], secret: expect.stringMatching(/^whsec_/) });
  expect(await create()).toMatchObject({ id: made.id, secret: null });
  expect((await run('endpoints', 'list')).stdout).toBe(`${made.id}  enabled  ${url}  charge.*\n`);
  const tested = await run('endpoints', 'test', made.id, '--json');
  expect([tested.code, JSON.parse(tested.stdout)]).toMatchObject([1, { delivered: false }]);
  const rotated = await answered('endpoints', 'rotate-secret', made.id, '--overlap-hours', '1');
  expect(rotated.secret).toMatch(/^whsec_/);
  expect(rotated.secret).not.toBe(made.secret);
  const again = ['events', 'replay', '--endpoint', made.id];
  expect(await answered(...again, '--from', '2026-01-01T00:00:00Z')).toMatchObject({ id: made.id });
  expect((await run(...again)).stderr).toMatch(/^400 .*must say either from or event/);
  expect((await run('endpoints', 'delete', made.id)).stdout).toBe(`${made.id}  deleted\n`);
  expect((await run('endpoints', 'test', made.id)).stderr).toMatch(/^404 /);
});

test('operators have their commands there, and help at every level', async () => {
  expect(await answered('charging', 'status')).toMatchObject({ enabled: true });
  expect((await answered('keys', 'list')).data.length).toBeGreaterThan(0);
  expect((await run('review', 'nonsense')).stderr).toMatch(/^usage:\n {2}review list/);
  for (const words of [[], ['charges'], ['charges', 'create'], ['events', 'tail'], ['review']]) {
    const { code, stdout } = await run(...words, '--help');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: duecourse/)]);
  }
  expect(await run('charges', 'create')).toMatchObject({ code: 1, stdout: '' });
});

test('it says where the API should be if it is nowhere, or does not answer', async () => {
  const nowhere = await start(['charges', 'list'], {}).ended;
  expect(nowhere.stderr).toMatch(/^Set DUECOURSE_API_URL and DUECOURSE_API_KEY/);
  const wrong = { DUECOURSE_API_URL: world.ready.api_url, DUECOURSE_API_KEY: 'dc_test_wrong' };
  expect(await start(['charges', 'list'], wrong).ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^401 /),
  });
});

test('what npm runs with settings reads .env, and the environment goes before it', async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const loaded = '--import ./scripts/env-file.mjs';
  const needy = Object.entries(scripts).filter(([, line]) =>
    /scripts\/operate|dist\/(?:src|workers)/.test(line),
  );
  expect(needy.length).toBeGreaterThan(9);
  expect(needy.filter(([, line]) => !line.includes(loaded))).toEqual([]);

  const folder = mkdtempSync(join(tmpdir(), 'duecourse-env-'));
  try {
    writeFileSync(join(folder, '.env'), 'DUECOURSE_API_URL=https://file.example\nPORT=1\n');
    const program = 'console.log(process.env.DUECOURSE_API_URL, process.env.PORT)';
    const args = ['--import', join(ROOT, 'scripts/env-file.mjs'), '-e', program];
    const child = spawn(process.execPath, args, { cwd: folder, env: { PORT: '2' } });
    const [text] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(text).toBe('https://file.example 2\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
