/** A run's stop-loss: it pauses itself by what came of its last charges, and goes on when somebody says so. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { confirmsOf, lineFor, newRun, play, send, shownRun, statuses, toldOf, verb } from './run-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

type Outcome = 'insufficient_funds' | 'authentication_required' | 'succeed';

let made = 0;
/** A started run of a charge for each outcome, each of another customer; two come due at first, then two a second. */
async function started(stop_loss: object, outcomes: readonly Outcome[]): Promise<string> {
  made += 1;
  const run = await newRun(api, { pace_per_s: 2, stop_loss });
  const customers = await Promise.all(
    outcomes.map((outcome) => api.world.customer('pm_card_visa', [outcome])),
  );
  await send(
    api,
    run,
    customers.map((customer, place) => lineFor(customer, `stop-${made}-${place}`)),
  );
  expect((await verb(api, run, 'start')).body).toMatchObject({ status: 'running', stop_loss });
  return run;
}

/** The next charges of the run come due and are tried; a second later it looks at them. */
async function step(): Promise<void> {
  await api.world.work();
  await api.world.advance(1);
  await api.world.work(['run']);
}

const paused = { status: 'paused', paused_reason: 'stop_loss' };

describe('a run with a stop-loss', () => {
  test('pauses once the share of its last charges was declined, and tries no more', async () => {
    const run = await started({ share: '1', of_last: 2 }, Array(6).fill('insufficient_funds'));
    await step();
    expect(await shownRun(api, run)).toMatchObject(paused);
    expect(await toldOf(api, run)).toEqual(['run.created', 'run.started', 'run.paused']);
    const [told] = await api.world.sql<{ facts: unknown; cause: string; cause_reference: string }[]>`
      select facts, cause, cause_reference from events where object_id = ${run} and type = 'run.paused'`;
    expect(told).toMatchObject({
      facts: { paused_reason: 'stop_loss' },
      cause: 'worker',
      cause_reference: 'stop_loss',
    });
    await play(api);
    expect(await confirmsOf(api, run)).toBe(2);
    const shown = Object.values(await statuses(api, run)).map(String);
    expect(shown.filter((one) => one === 'scheduled,run_paused')).toHaveLength(4);
  });

  test('is not judged again by what it was paused for, but by what comes then', async () => {
    const run = await started({ share: '0.5', of_last: 2 }, Array(6).fill('insufficient_funds'));
    await step();
    expect(await shownRun(api, run)).toMatchObject(paused);
    expect(await verb(api, run, 'resume')).toMatchObject({
      status: 200,
      body: { status: 'running', paused_reason: null },
    });
    await api.world.work(['run']);
    expect(await shownRun(api, run)).toMatchObject({ status: 'running' });
    await step();
    expect(await shownRun(api, run)).toMatchObject(paused);
    expect(await confirmsOf(api, run)).toBeGreaterThan(2);
    await verb(api, run, 'cancel');
    await play(api);
  });

  test('goes on where banks ask for their customers', async () => {
    const run = await started({ share: '0.5', of_last: 2 }, Array(4).fill('authentication_required'));
    for (let times = 0; times < 3; times += 1) await step();
    expect(await confirmsOf(api, run)).toBe(4);
    expect(await shownRun(api, run)).toMatchObject({ status: 'running', counts: { requires_action: 4 } });
    await verb(api, run, 'cancel');
    await play(api);
  });

  test('says nothing by fewer charges than it looks at', async () => {
    const run = await started({ share: '0.5', of_last: 4 }, Array(3).fill('insufficient_funds'));
    for (let times = 0; times < 3; times += 1) await step();
    expect(await confirmsOf(api, run)).toBe(3);
    expect(await shownRun(api, run)).toMatchObject({ status: 'running' });
  });

  test('ends with its charges like any other', async () => {
    const run = await started({ share: '0.5', of_last: 2 }, ['succeed', 'succeed']);
    for (let times = 0; times < 2; times += 1) await step();
    expect(await shownRun(api, run)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } });
  });
});

test('a stop-loss that says nothing clear is refused, and names the field', async () => {
  for (const [stop_loss, path] of [
    [{ share: '0.0', of_last: 10 }, 'stop_loss.share'],
    [{ share: 0.3, of_last: 10 }, 'stop_loss.share'],
    [{ share: '1.1', of_last: 10 }, 'stop_loss.share'],
    [{ share: '0.5', of_last: 0 }, 'stop_loss.of_last'],
    [{ share: '0.5' }, 'stop_loss.of_last'],
  ] as const)
    expect(await api.post('/v1/runs', { name: 'x', stop_loss })).toMatchObject({
      status: 400,
      body: { errors: [{ path }] },
    });
});
