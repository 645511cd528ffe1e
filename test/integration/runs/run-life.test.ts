/** A run's life: looked at, started once, paused, resumed, canceled with proof, over when its charges are, and reported. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import {
  confirmsOf,
  lineFor,
  newRun,
  play,
  send,
  shownRun,
  statuses,
  takenFor,
  toldOf,
  verb,
} from './run-world.ts';

let api: ApiWorld;
let customer: SavedCustomer;
let declining: SavedCustomer;
beforeAll(async () => {
  api = await createApiWorld();
  customer = await api.world.customer('pm_card_visa');
  declining = await api.world.customer('pm_card_visa', ['lost_card']);
});
afterAll(() => api.close());

let made = 0;
async function runOf(count: number, body: object = {}): Promise<string> {
  made += 1;
  const run = await newRun(api, body);
  const lines = Array.from({ length: count }, (_none, place) => lineFor(customer, `life-${made}-${place}`));
  expect((await send(api, run, lines)).body).toMatchObject({ accepted: count, refused: 0 });
  return run;
}

describe('a run', () => {
  test('charges nothing before its start, everything once after it, and ends with its charges', async () => {
    const run = await runOf(3);
    await play(api);
    expect(await takenFor(api, run)).toEqual([]);
    expect(await verb(api, run, 'start')).toMatchObject({ status: 200, body: { status: 'running' } });
    await play(api);
    expect(await takenFor(api, run)).toEqual([1_250, 1_250, 1_250]);
    expect(await shownRun(api, run)).toMatchObject({
      status: 'completed',
      counts: { succeeded: 3 },
      sums: [{ currency: 'eur', total: 3_750, succeeded: 3_750, refunded: 0, failed: 0, open: 0 }],
      completed_at: expect.any(String),
    });
    expect(await toldOf(api, run)).toEqual(['run.created', 'run.started', 'run.completed']);
  });

  test('started twice at once is started once, and the loser is told', async () => {
    const run = await runOf(2);
    const answers = await Promise.all([1, 2, 3].map(() => verb(api, run, 'start')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual([
      'already_running',
      'already_running',
    ]);
    await play(api);
    expect(await takenFor(api, run)).toEqual([1_250, 1_250]);
  });

  test('is not started if it is not what was expected', async () => {
    const run = await runOf(2);
    const { body: preview } = await verb(api, run, 'preview');
    expect(preview).toMatchObject({ count: 2, sums: [{ currency: 'eur', total: 2_500 }] });
    await send(api, run, [lineFor(customer, `life-${made}-more`)]);
    const [count, sums] = [Number(preview.count), preview.sums];
    expect(await verb(api, run, 'start', { expect: { count } })).toMatchObject({
      status: 409,
      body: { code: 'conflict', errors: [{ path: 'expect.count' }] },
    });
    expect(await verb(api, run, 'start', { expect: { sums } })).toMatchObject({
      status: 409,
      body: { errors: [{ path: 'expect.sums' }] },
    });
    const now = { count: 3, sums: [{ currency: 'eur', total: 3_750 }] };
    expect((await verb(api, run, 'start', { expect: now })).status).toBe(200);
  });

  test('that is paused opens no confirm, whatever was let go already, and resumes without skip or repeat', async () => {
    const run = await runOf(6);
    await verb(api, run, 'start');
    await api.world.work(['run']);
    const [first] = await api.world.sql<{ id: string }[]>`
      select id from charges where run_id = ${run} order by due_at limit 1`;
    await advance(api.world.deps, 'charge', [first?.id ?? '']);
    const before = await confirmsOf(api, run);
    expect(before).toBe(1);
    expect(await verb(api, run, 'pause')).toMatchObject({
      status: 200,
      body: { status: 'paused', paused_reason: 'requested' },
    });
    await play(api);
    expect(await confirmsOf(api, run)).toBe(before);
    expect(
      Object.values(await statuses(api, run)).filter((shown) => String(shown) === 'scheduled,run_paused'),
    ).toHaveLength(5);
    expect(await verb(api, run, 'pause')).toMatchObject({ status: 409, body: { code: 'already_paused' } });
    expect((await verb(api, run, 'resume')).status).toBe(200);
    await play(api);
    expect(await takenFor(api, run)).toEqual(Array(6).fill(1_250));
    expect(await confirmsOf(api, run)).toBe(6);
    expect(await shownRun(api, run)).toMatchObject({ status: 'completed' });
  });

  test('that is paused holds back an attempt whose PaymentIntent is bound, and a retry that comes due', async () => {
    const soft = await api.world.customer('pm_card_visa', ['insufficient_funds']);
    const run = await newRun(api);
    made += 1;
    await send(api, run, [lineFor(soft, `life-${made}-soft`)]);
    await verb(api, run, 'start');
    await play(api);
    const tried = await confirmsOf(api, run);
    expect(tried).toBe(1);
    await verb(api, run, 'pause');
    await api.world.advance(86_400 * 2);
    await api.world.work();
    expect(await confirmsOf(api, run)).toBe(tried);
    await verb(api, run, 'resume');
    await api.world.work();
    expect(await confirmsOf(api, run)).toBe(tried + 1);
  });

  test('that is canceled closes what is not paid, keeps what is, and lets nothing go', async () => {
    const run = await runOf(4);
    await verb(api, run, 'start');
    await api.world.work(['run']);
    const [first] = await api.world.sql<
      { id: string }[]
    >`select id from charges where run_id = ${run} limit 1`;
    await advance(api.world.deps, 'charge', [first?.id ?? '']);
    expect(await verb(api, run, 'cancel')).toMatchObject({ status: 200, body: { status: 'canceled' } });
    await play(api);
    expect(await takenFor(api, run)).toEqual([1_250]);
    expect(await shownRun(api, run)).toMatchObject({
      status: 'canceled',
      counts: { canceled: 3, succeeded: 1 },
    });
    expect(await verb(api, run, 'cancel')).toMatchObject({ status: 409, body: { code: 'already_canceled' } });
    expect(await verb(api, run, 'resume')).toMatchObject({ status: 409, body: { code: 'already_canceled' } });
    expect(await toldOf(api, run)).toEqual(['run.created', 'run.started', 'run.canceled']);
  });

  test('with a pace lets no more go in a second than it says', async () => {
    const run = await runOf(5, { pace_per_s: 2 });
    await verb(api, run, 'start');
    await api.world.work(['run']);
    const letGo = async () => {
      const [row] = await api.world.sql<{ n: number }[]>`
        select count(*)::int as n from charges where run_id = ${run} and due_at is not null`;
      return row?.n;
    };
    expect(await letGo()).toBe(2);
    await api.world.advance(1);
    await api.world.work(['run']);
    expect(await letGo()).toBe(4);
    await verb(api, run, 'cancel');
    await play(api);
  });
});

describe('a preview', () => {
  test('says who would be skipped and why, and who is new beside the last run of its name', async () => {
    const [gone, stopped, closed] = await Promise.all(
      [1, 2, 3].map(() => api.world.customer('pm_card_visa')),
    );
    const name = 'compared';
    const last = await newRun(api, { name });
    await send(api, last, [
      lineFor(customer, 'last-1'),
      lineFor(gone as SavedCustomer, 'last-2'),
      lineFor(closed as SavedCustomer, 'last-3'),
    ]);
    const run = await newRun(api, { name });
    await send(api, run, [
      lineFor(customer, 'now-1', { amount: 2_600 }),
      lineFor(stopped as SavedCustomer, 'now-2'),
      lineFor(closed as SavedCustomer, 'now-3'),
    ]);
    await api.world.sql`
      update payment_methods set card_exp_year = 2001, card_exp_month = 1 where customer_id = ${closed?.customer_id ?? ''}`;
    const { status, body } = await verb(api, run, 'preview');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      count: 3,
      would_charge: [{ currency: 'eur', type: 'card', count: 2, total: 3_850 }],
      would_skip: [{ reason: 'card_expired', count: 1, references: ['now-3'] }],
      previous: {
        id: last,
        new: { count: 1, customers: [stopped?.customer_id] },
        gone: { count: 1, customers: [gone?.customer_id] },
        more_than_twice: { count: 1, customers: [customer.customer_id] },
      },
    });
  });
});

describe('a report', () => {
  test('is in net money, in both formats, and what failed is made again once', async () => {
    made += 1;
    const run = await newRun(api);
    await send(api, run, [
      lineFor(customer, `life-${made}-paid`),
      lineFor(declining, `life-${made}-failed`, { recovery: { deadline_days: 1, mails: false } }),
    ]);
    await verb(api, run, 'start');
    await play(api);
    await play(api, 86_400 * 2);
    await play(api);
    const { body: list } = await api.get('/v1/charges', { query: { run } });
    const paid = list.data.find(({ status }) => status === 'succeeded');
    await api.post(`/v1/charges/${paid?.id}/refunds`, { amount: 250 });
    await play(api);
    const report = await api.get(`/v1/runs/${run}/report`);
    expect(report.body).toMatchObject({
      run: {
        status: 'completed',
        sums: [{ currency: 'eur', total: 2_500, succeeded: 1_250, refunded: 250, failed: 1_250 }],
      },
      data: expect.arrayContaining([
        expect.objectContaining({
          reference: `life-${made}-paid`,
          received: 1_250,
          refunded: 250,
          net: 1_000,
        }),
        expect.objectContaining({ reference: `life-${made}-failed`, status: 'failed', net: 0 }),
      ]),
    });
    const csv = await api.app.inject({
      url: `/v1/runs/${run}/report?format=csv`,
      headers: { authorization: `Bearer ${api.tokens.read}` },
    });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.split('\r\n')).toHaveLength(4);
    const key = 'again-1';
    const again = await api.post(`/v1/runs/${run}/again`, undefined, { key });
    expect(again).toMatchObject({
      status: 201,
      body: { status: 'draft', again_of: run, import: { accepted: 1 } },
    });
    const repeated = await api.post(`/v1/runs/${run}/again`, undefined, { key });
    expect(repeated.body).toMatchObject({ id: again.body.id, import: { accepted: 0, replayed: 1 } });
    const second = await api.post(`/v1/runs/${run}/again`);
    expect(second.body).toMatchObject({ import: { accepted: 0, refused: 1 } });
  });
});
