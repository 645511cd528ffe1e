/** What keeps a run's charges back, also behind a decision that was taken before: the statement that sends, and the walls. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import type { Dependencies } from '../../../src/billing/dependencies.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { confirmsOf, lineFor, newRun, play, send, shownRun, takenFor, verb } from './run-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld({ timings: { stripeTimeoutMs: 400 } });
});
afterAll(() => api.close());

/** Waiting for the pace of confirms takes as long as the merchant needs to pause the run. */
function slowPace(run: string): Dependencies {
  const acquire: Dependencies['pacer']['acquire'] = async (endpoint, lane, signal) => {
    if (endpoint === 'payment_intents.confirm') await verb(api, run, 'pause');
    return api.world.deps.pacer.acquire(endpoint, lane, signal);
  };
  return { ...api.world.deps, pacer: { ...api.world.deps.pacer, acquire } };
}

/** A started run of one charge, which was let go. */
async function running(reference: string): Promise<{ readonly run: string; readonly charge: string }> {
  const run = await newRun(api);
  await send(api, run, [lineFor(await api.world.customer('pm_card_visa'), reference)]);
  await verb(api, run, 'start');
  await api.world.work(['run']);
  const [row] = await api.world.sql<{ id: string }[]>`select id from charges where run_id = ${run}`;
  return { run, charge: row?.id ?? '' };
}

describe('a run that is paused while its charge waits for pace', () => {
  test('opens nothing that was decided before the pause', async () => {
    const { run, charge } = await running('gate-1');
    await advance(slowPace(run), 'charge', [charge]);
    expect(await shownRun(api, run)).toMatchObject({ status: 'paused' });
    expect((await api.world.read(charge)).attempts).toEqual([]);
    expect(await confirmsOf(api, run)).toBe(0);
    await verb(api, run, 'resume');
    await play(api);
    expect(await takenFor(api, run)).toEqual([1_250]);
  });

  test('sends nothing again that had opened before the pause: it is only read', async () => {
    const { run, charge } = await running('gate-2');
    const match = { route: 'POST /v1/payment_intents/:id/confirm', key: `dc1:${charge}:` };
    await api.world.simulator.control.faults({ match, action: 'reset_before', times: 2 });
    await advance(api.world.deps, 'charge', [charge]);
    expect((await api.world.read(charge)).charge.state).toBe('unknown');
    await api.world.advance(10);
    const sent = await confirmsOf(api, run);
    await advance(slowPace(run), 'charge', [charge]);
    expect(await shownRun(api, run)).toMatchObject({ status: 'paused' });
    await play(api);
    expect(await confirmsOf(api, run)).toBe(sent);
    await verb(api, run, 'resume');
    await play(api, 60);
    await play(api, 60);
    expect(await takenFor(api, run)).toEqual([1_250]);
  });
});

test('the database holds that a decision stands, and that a charge stays in its run', async () => {
  const run = await newRun(api, { hold: true });
  await send(api, run, [lineFor(await api.world.customer('pm_card_visa'), 'wall-1')]);
  await verb(api, run, 'start');
  await verb(api, run, 'decide', { decision: 'cancel' });
  const { sql } = api.world;
  const refused = { code: expect.stringMatching(/^DC/) };
  await expect(sql`update runs set decision = 'release' where id = ${run}`).rejects.toMatchObject(refused);
  await expect(sql`update charges set run_id = null where run_id = ${run}`).rejects.toMatchObject(refused);
  await expect(sql`delete from runs where id = ${run}`).rejects.toMatchObject(refused);
});
