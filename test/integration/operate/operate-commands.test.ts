/** What an operator is alarmed by and what they type: `/metrics`, `npm run review`, `npm run charging`. */
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { receiveEvent } from '../../../src/billing/janitor/receive-event.ts';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { createLog } from '../../../src/platform/log.ts';
import { parkCharge } from '../../../src/store/charge/settle-charges.ts';
import { projectEvent } from '../../../src/stripe/events/event.ts';
import { builtScript } from '../../harness/built.ts';
import { setCharging } from '../../harness/rows.ts';
import { API_WEBHOOK_SECRET, type ApiWorld, createApiWorld } from '../api/api-world.ts';

const run = promisify(execFile);
let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterEach(() => setCharging(api.world.sql, true));
afterAll(() => api.close());

async function parked(): Promise<string> {
  const { world } = api;
  const charge = await world.charge(await world.customer('pm_card_visa'));
  const break_ = {
    kind: 'unexpected_status' as const,
    stripe_id: null,
    observed: {},
    move: true,
    cause: 'worker',
  };
  await parkCharge(world.sql, { charge_id: charge, ...break_ });
  return charge;
}

/** The values of a metric, by its labels as they are written. */
async function metric(name: string): Promise<Record<string, number>> {
  const { text } = await api.get('/metrics', { token: null });
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

/** Types a command, without npm around it. */
async function command(script: string, ...args: string[]) {
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: api.world.databaseUrl };
  return run(process.execPath, [builtScript(`scripts/operate/${script}.ts`), ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

describe('/metrics', () => {
  test('tells by kind what waits for a person, zeros included, and which breaks are open', async () => {
    const none = await metric('duecourse_rows_needs_review');
    expect(Object.keys(none).sort()).toEqual(
      ['charge', 'customer', 'inbox_event', 'payment_method', 'refund', 'setup'].map(
        (kind) => `{kind="${kind}"}`,
      ),
    );
    expect(Object.values(none)).toEqual([0, 0, 0, 0, 0, 0]);
    await parked();
    expect((await metric('duecourse_rows_needs_review'))['{kind="charge"}']).toBe(1);
    expect((await metric('duecourse_breaks_open'))['{kind="unexpected_status"}']).toBe(1);
  });

  test('tells when charging is off', async () => {
    expect(await metric('duecourse_charging_enabled')).toEqual({ '': 1 });
    await setCharging(api.world.sql, false);
    expect(await metric('duecourse_charging_enabled')).toEqual({ '': 0 });
  });
});

describe('an event of the wrong mode', () => {
  const event = (id: string, livemode: boolean | null) => ({
    id,
    object: 'event',
    type: 'payment_intent.succeeded',
    created: Math.floor(Date.now() / 1_000),
    ...(livemode === null ? {} : { livemode }),
    request: { id: 'req_1', idempotency_key: null },
    data: { object: { id: 'pi_live', object: 'payment_intent', status: 'succeeded', metadata: {} } },
  });
  const lines: string[] = [];
  const log = createLog({ level: 'debug', role: 'test', destination: { write: (line) => lines.push(line) } });
  const alarms = () =>
    lines
      .map((line) => JSON.parse(line) as { level: number; event: string; code?: string })
      .filter((line) => line.event === 'inbox_event.refused')
      .map(({ level, code }) => ({ level, code }));
  const ALARM = { level: 50, code: 'livemode_differs' };
  afterEach(() => {
    lines.length = 0;
  });

  async function deliver(id: string, livemode: boolean | null): Promise<number> {
    const payload = JSON.stringify(event(id, livemode));
    const t = Math.floor(Date.now() / 1_000);
    const mac = createHmac('sha256', API_WEBHOOK_SECRET).update(`${t}.${payload}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${mac}` };
    return (await api.post('/webhooks/stripe', payload, { token: null, key: null, headers })).status;
  }

  test('is answered so that Stripe stops sending it, counted, and neither stored nor applied', async () => {
    const before = await api.count('inbox_events');
    expect([await deliver('evt_mode_1', true), await deliver('evt_mode_2', null)]).toEqual([200, 200]);
    expect(await api.count('inbox_events')).toBe(before);
    const outcomes = await metric('duecourse_inbox_events_total');
    expect(outcomes['{type="verified",outcome="wrong_mode"}']).toBe(2);
    expect((await metric('duecourse_breaks_total'))['{kind="livemode"}']).toBe(2);
    expect(await deliver('evt_mode_3', false)).toBe(200);
    expect(await api.count('inbox_events')).toBe(before + 1);
  });

  test('is an error in the log', async () => {
    const projected = projectEvent(event('evt_mode_4', true));
    if (projected === null) throw new Error('no event');
    expect(await receiveEvent({ ...api.world.deps, log }, projected)).toBe('wrong_mode');
    expect(alarms()).toEqual([ALARM]);
  });

  test('is refused in the list of events too', async () => {
    const { deps, sql, charge, customer } = api.world;
    await charge(await customer('pm_card_visa'));
    await api.world.work(['charge']);
    await sql`delete from sweeps`;
    await sql`delete from inbox_events`;
    const stripe = { ...deps.stripe, livemode: true };
    await sweepEventsOnce({ ...deps, stripe, log });
    expect(alarms()).toEqual([ALARM]);
    // Webhooks of the same events may still come in.
    expect(await sql`select id from inbox_events where carrier = 'events_list'`).toEqual([]);
  });
});

describe('npm run review', () => {
  test('lists what waits with its cause, and gives it back with a reason', async () => {
    const charge = await parked();
    const listed = await command('review', 'list');
    expect(listed.stdout).toMatch(
      new RegExp(`^charge {2}${charge} {2}since \\S+ {2}by worker {2}unexpected_status`, 'm'),
    );
    const { data } = JSON.parse((await command('review', 'list', '--json')).stdout);
    expect(data).toContainEqual(
      expect.objectContaining({ kind: 'charge', id: charge, breaks: ['unexpected_status'] }),
    );

    const released = await command('review', 'release', charge, '--reason', 'looked at it', '--json');
    expect(JSON.parse(released.stdout)).toEqual({
      id: charge,
      outcome: 'released',
      kind: 'charge',
      state: 'queued',
    });
    const timeline = await api.get(`/v1/charges/${charge}/timeline`);
    expect(timeline.body.data.at(-1)).toMatchObject({
      from: 'processing',
      to: 'processing',
      cause: 'operator',
      reference: 'looked at it',
    });
    const again = await command('review', 'release', charge, '--reason', 'twice');
    expect([again.code, again.stderr]).toEqual([1, 'Nothing with this id waits for a person\n']);
  });

  test.each([
    [['release', 'chg_x', '--reason', '  ']],
    [['release', 'chg_x', '--reason', 'y', '--as', 'whatever']],
    [['list', 'charges']],
    [['accept', 'chg_x']],
    [['write-off', 'chg_x', '--reason', ' ']],
    [['claim', 'pi_1', '--reason', 'y']],
    [['claim', 'pi_1', '--customer', 'someone', '--reason', 'y']],
    [['refund', 'chg_x', '--reason', 'y']],
  ])('%j says how it is used', async (args) => {
    const answer = await command('review', ...args);
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr).toContain('usage:');
  });
});

describe('npm run charging', () => {
  test('says how it stands, is turned off with a reason, and on again', async () => {
    expect((await command('charging', 'status')).stdout).toMatch(/^charging is on; \d+ attempts/);
    const off = await command('charging', 'off', '--reason', 'wrong prices', '--json');
    expect(JSON.parse(off.stdout)).toMatchObject({ enabled: false, reason: 'wrong prices' });
    expect((await command('charging', 'status')).stdout).toMatch(/^charging is off \(wrong prices\)/);
    expect(JSON.parse((await command('charging', 'on', '--json')).stdout)).toMatchObject({
      enabled: true,
      reason: null,
    });
  });

  test.each([[['off']], [['pause']], [['on', 'now']]])('%j says how it is used', async (args) => {
    const answer = await command('charging', ...args);
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr).toContain('usage:');
  });
});

describe('a row that is parked', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'error', role: 'test', destination: { write: (line) => lines.push(line) } });
  const events = () => lines.map((line) => (JSON.parse(line) as { event: string }).event);
  afterEach(() => {
    lines.length = 0;
  });

  test('after eight exceptions in a row is an error in the log, the eighth time and not before', async () => {
    const { world } = api;
    const charge = await world.charge(await world.customer('pm_card_visa'));
    const failing = {
      ...world.deps,
      log,
      charges: { ...world.deps.charges, read: () => Promise.reject(new Error('a defect')) },
    };
    for (let tries = 1; tries <= 8; tries += 1) {
      await advance(failing, 'charge', [charge]);
      expect(events()).toEqual(tries < 8 ? [] : ['row.parked']);
      await world.advance(3_600);
    }
    expect((await world.read(charge)).charge.state).toBe('needs_review');
  });

  test('because Stripe does not know its PaymentIntent is one, too', async () => {
    const { world } = api;
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.sql`update charges set stripe_payment_intent_id = 'pi_of_nobody' where id = ${charge}`;
    await advance({ ...world.deps, log }, 'charge', [charge]);
    expect(events()).toEqual(['charge.parked']);
  });

  test('because Stripe refused its confirm for good is one, too', async () => {
    const { world } = api;
    const charge = await world.charge(
      await world.customer('pm_card_visa', ['insufficient_funds', 'stolen_card']),
    );
    await world.work(['charge']);
    await world.advance(86_400);
    // Somebody else's confirm under the key that the next attempt will have.
    const { stripe_payment_intent_id, payment_method_id } = (await world.read(charge)).charge;
    const body = { payment_method: payment_method_id, off_session: true, receipt_email: 'else@example.test' };
    await world.sdk.paymentIntents
      .confirm(stripe_payment_intent_id ?? '', body, { idempotencyKey: `dc1:${charge}:confirm:2` })
      .catch(() => null);
    await advance({ ...world.deps, log }, 'charge', [charge]);
    expect(events()).toEqual(['charge.parked']);
    expect((await world.read(charge)).charge.state).toBe('needs_review');
  });
});

describe('npm run restored', () => {
  test('notes the loss, turns charging off, and is answered by the word on withdrawals', async () => {
    const since = '2026-01-31T08:00:00.000Z';
    const told = await command(
      'restored',
      '--since',
      since,
      '--reason',
      'a disk died',
      '--by',
      'Kim',
      '--json',
    );
    expect(JSON.parse(told.stdout)).toMatchObject({
      cause: 'restored',
      lost_from: since,
      charging_enabled: false,
    });

    expect(
      await api.world.sql`select entity, reason, "by" from operator_actions where verb = 'restored'`,
    ).toEqual([{ entity: 'instance', reason: 'a disk died', by: 'Kim' }]);

    const refused = await command('charging', 'on');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(since);

    const taken = await command('charging', 'on', '--withdrawals-entered', '--reason', 'by Kim', '--json');
    expect(JSON.parse(taken.stdout)).toMatchObject({ enabled: true });
  });

  test.each(['tomorrow', '2999-01-01T00:00:00Z'])('refuses %s: nothing is noted', async (since) => {
    const before = await api.world.sql`select lost_at from instance`;
    expect((await command('restored', '--since', since)).code).toBe(1);
    expect(await api.world.sql`select lost_at from instance`).toEqual(before);
  });
});
