/** Groups of pledges: nothing goes before a decision, which is taken once; a goal is reached, or nobody is charged. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { lineFor, newRun, play, send, shownRun, statuses, takenFor, toldOf, verb } from './run-world.ts';

let api: ApiWorld;
let backers: SavedCustomer[];
beforeAll(async () => {
  api = await createApiWorld();
  backers = await Promise.all(Array.from({ length: 4 }, () => api.world.customer('pm_card_visa')));
});
afterAll(() => api.close());

const DAY_S = 86_400;
let groups = 0;

/** A started group of this many pledges of 10.00, whose goal ends in a day. */
async function group(pledges: number, goal: object | null): Promise<string> {
  groups += 1;
  const [row] = await api.world.sql<{ by: Date }[]>`select dc_now() + interval '1 day' as by`;
  const by = row?.by.toISOString();
  const run = await newRun(api, {
    name: 'campaign',
    hold: true,
    ...(goal === null ? {} : { goal: { amount: 100_000, currency: 'eur', by, ...goal } }),
  });
  expect((await verb(api, run, 'start')).status).toBe(200);
  if (pledges > 0) await pledge(run, pledges);
  return run;
}

async function pledge(run: string, count: number, from = 0): Promise<void> {
  const lines = Array.from({ length: count }, (_none, place) =>
    lineFor(backers[place % backers.length] as SavedCustomer, `p-${groups}-${from + place}`, {
      amount: 1_000,
    }),
  );
  expect((await send(api, run, lines)).body).toMatchObject({ accepted: count, refused: 0 });
}

describe('a group with a goal', () => {
  test('of 200 pledges that reach it at the last minute is decided once, beside a cancel, and the ledger agrees', async () => {
    const run = await group(199, { amount: 200_000, on_miss: 'cancel' });
    await play(api);
    expect(await takenFor(api, run)).toEqual([]);
    expect(await verb(api, run, 'decide', { decision: 'release' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', errors: [{ path: 'decision' }] },
    });
    await api.world.advance(DAY_S - 120);
    await api.world.work();
    await pledge(run, 1, 199);
    const answers = await Promise.all(
      ['release', 'cancel', 'release', 'cancel'].map((decision) => verb(api, run, 'decide', { decision })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const { decision } = (await shownRun(api, run)) as unknown as { decision: { decision: string } };
    for (const { body } of answers.filter(({ status }) => status === 409))
      expect(body).toMatchObject({
        code: 'already_decided',
        detail: `The decision stands: ${decision.decision}`,
      });
    await play(api);
    await play(api);
    await api.world.advance(DAY_S);
    await api.world.work();
    const taken = await takenFor(api, run);
    expect(taken.filter((amount) => amount === 1_000)).toHaveLength(
      decision.decision === 'release' ? 200 : 0,
    );
    expect(await shownRun(api, run)).toMatchObject({
      status: decision.decision === 'release' ? 'completed' : 'canceled',
      counts: decision.decision === 'release' ? { succeeded: 200 } : { canceled: 200 },
    });
  });

  test('that misses it charges nobody: cancel closes every pledge', async () => {
    const run = await group(20, { on_miss: 'cancel' });
    await api.world.advance(DAY_S + 60);
    await api.world.work();
    await play(api);
    expect(await takenFor(api, run)).toEqual([]);
    expect(await shownRun(api, run)).toMatchObject({
      status: 'canceled',
      decision: { decision: 'cancel' },
      counts: { canceled: 20 },
    });
    expect(await toldOf(api, run)).toEqual(['run.created', 'run.started', 'run.decided', 'run.canceled']);
    expect(await verb(api, run, 'decide', { decision: 'release' })).toMatchObject({
      status: 409,
      body: { code: 'already_decided' },
    });
  });

  test('that misses it and waits is paused, charges nobody, and goes on when its day is moved', async () => {
    const run = await group(20, {});
    await api.world.advance(DAY_S + 60);
    await api.world.work();
    expect(await shownRun(api, run)).toMatchObject({
      status: 'paused',
      paused_reason: 'goal_missed',
      decision: null,
    });
    expect(await verb(api, run, 'resume')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const [row] = await api.world.sql<{ by: Date }[]>`select dc_now() + interval '2 days' as by`;
    const by = row?.by.toISOString();
    expect(await verb(api, run, 'decide', { decision: 'extend', by })).toMatchObject({
      status: 200,
      body: { status: 'running', paused_reason: null, decision: null, goal: { by, reached: false } },
    });
    await pledge(run, 80, 20);
    expect(await takenFor(api, run)).toEqual([]);
    expect(await verb(api, run, 'decide', { decision: 'release' })).toMatchObject({ status: 200 });
    await play(api);
    expect(await takenFor(api, run)).toHaveLength(100);
    expect(await toldOf(api, run)).toEqual([
      'run.created',
      'run.started',
      'run.paused',
      'run.extended',
      'run.resumed',
      'run.decided',
      'run.completed',
    ]);
  });

  test('is measured in its own currency, and without pledges that were given up', async () => {
    const run = await group(100, {});
    expect(await shownRun(api, run)).toMatchObject({ goal: { pledged: 100_000, reached: true } });
    const { body } = await api.get('/v1/charges', { query: { run, limit: '1' } });
    await api.post(`/v1/charges/${body.data[0]?.id}/cancel`);
    expect(await shownRun(api, run)).toMatchObject({ goal: { pledged: 99_000, reached: false } });
    expect((await verb(api, run, 'decide', { decision: 'release' })).status).toBe(409);
    await verb(api, run, 'cancel');
    await play(api);
  });
});

describe('a group without a goal', () => {
  test('waits for its decision for as long as it takes', async () => {
    const run = await group(2, null);
    await api.world.advance(DAY_S * 3);
    await api.world.work();
    expect(Object.values(await statuses(api, run))).toEqual([
      ['scheduled', 'run_held'],
      ['scheduled', 'run_held'],
    ]);
    expect((await verb(api, run, 'decide', { decision: 'release' })).status).toBe(200);
    await play(api);
    expect(await takenFor(api, run)).toEqual([1_000, 1_000]);
  });

  test('is what decides: a run without hold has nothing to decide, and a goal needs a hold', async () => {
    const run = await newRun(api);
    await verb(api, run, 'start');
    expect(await verb(api, run, 'decide', { decision: 'release' })).toMatchObject({ status: 409 });
    const goal = { amount: 1, currency: 'eur', by: '2030-01-01T00:00:00Z' };
    expect(await api.post('/v1/runs', { name: 'x', goal })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'goal' }] },
    });
  });
});
