import { insertRun } from '../../store/run/run-intake.ts';
import { listRuns, readRun } from '../../store/run/run-list.ts';
import {
  cancelRun,
  decideRun,
  pauseRun,
  resumeRun,
  startRun,
  type VerbRefusal,
} from '../../store/run/run-verbs.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { found, knownId } from '../lookup.ts';
import { runOperations } from '../operations/runs.ts';
import { answerPage, cursorOf } from '../pages.ts';
import { fieldProblem, type ProblemError, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { idParams, noBody, noQuery, pageOf } from '../schemas/list.ts';
import { declare, reads } from '../schemas/route.ts';
import { type NewRunBody, newRun, run, runDecision, runListQuery, runStart } from '../schemas/run.ts';
import { type PaceOf, runView } from '../views/run.ts';

/** Runs and their verbs. Lines come in by `run-lines.ts`, preview and report go out by `run-reports.ts`. */
export function runRoutes(app: Api, deps: AppDependencies): void {
  postRun(app, deps);
  getRuns(app, deps);
  app.get('/v1/runs/:id', reads(runOperations.retrieveRun, run), async (request) =>
    shownRun(deps, knownId('run', request.params.id)),
  );
  postStart(app, deps);
  postDecide(app, deps);
  for (const [verb, operation, act] of [
    ['pause', runOperations.pauseRun, pauseRun],
    ['resume', runOperations.resumeRun, resumeRun],
    ['cancel', runOperations.cancelRun, cancelRun],
  ] as const)
    app.post(
      `/v1/runs/:id/${verb}`,
      declare({ scope: 'write', idempotencyKey: 'required' }, operation, {
        params: idParams,
        querystring: noQuery,
        body: noBody,
        response: { 200: run },
      }),
      async (request, reply) => {
        const id = knownId('run', request.params.id);
        return actOnce(
          deps,
          request,
          reply,
          { entity_id: id, status_code: 200 },
          async () => refuse(await act(deps.sql, id, callerOf(request))),
          async () => shownRun(deps, id),
        );
      },
    );
}

/** As it is now. Throws `not_found`. */
export async function shownRun(deps: AppDependencies, id: string) {
  return runView(found(await readRun(deps.tables, id)), paceOf(deps));
}

function paceOf({ config }: AppDependencies): PaceOf {
  return { account_per_s: config.stripeRatePerEndpoint, now: new Date() };
}

function postRun(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/runs',
    declare({ scope: 'write', idempotencyKey: 'required' }, runOperations.createRun, {
      querystring: noQuery,
      body: newRun,
      response: { 201: run },
    }),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const { body } = request;
      if (body.goal !== undefined && body.hold !== true)
        throw fieldProblem('goal', 'needs hold: without it nothing waits for a decision');
      const id = entityIdOf('run', deps.instance.deriveKey, keyed);
      const taken = await insertRun(deps.sql, newRunOf(id, deps, body), keyed, callerOf(request));
      switch (taken.outcome) {
        case 'created':
          return reply.code(201).send(await shownRun(deps, taken.row.id));
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return reply.code(201).send(await shownRun(deps, taken.entity_id));
        case 'mismatch':
          throw problem('idempotency_mismatch');
        case 'refused':
          throw fieldProblem('reference', 'belongs to another run', 'reference_taken', taken.existing);
      }
    },
  );
}

function newRunOf(id: string, { instance }: AppDependencies, body: NewRunBody) {
  const { goal, pace_per_s = null, stop_loss = null, recovery = null } = body;
  return {
    id,
    name: body.name,
    reference: body.reference ?? null,
    livemode: instance.livemode,
    hold: body.hold ?? false,
    goal:
      goal === undefined
        ? null
        : {
            amount_minor: goal.amount,
            currency: goal.currency,
            ends_at: new Date(goal.by),
            on_miss: goal.on_miss ?? ('wait' as const),
          },
    pace_per_s,
    stop_loss: stop_loss && { ...stop_loss, share: Number(stop_loss.share) },
    terms: recovery as NonNullable<Parameters<typeof insertRun>[1]['terms']> | null,
    metadata: body.metadata ?? {},
    again_of: null,
  };
}

function getRuns(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/runs',
    declare({ scope: 'read' }, runOperations.listRuns, {
      querystring: runListQuery,
      response: { 200: pageOf(run) },
    }),
    async (request) => {
      const { cursor, limit, name = null, reference = null } = request.query;
      const rows = await listRuns(deps.tables, { name, reference, after: cursorOf('run', cursor), limit });
      return answerPage(
        rows.map((row) => runView(row, paceOf(deps))),
        limit,
      );
    },
  );
}

function postStart(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/runs/:id/start',
    declare({ scope: 'write', idempotencyKey: 'required' }, runOperations.startRun, {
      params: idParams,
      querystring: noQuery,
      body: runStart,
      response: { 200: run },
    }),
    async (request, reply) => {
      const id = knownId('run', request.params.id);
      const expect = request.body?.expect ?? null;
      return actOnce(
        deps,
        request,
        reply,
        { entity_id: id, status_code: 200 },
        async () => {
          refuse(await startRun(deps.sql, id, expect, callerOf(request)));
          void deps.offer('run', [id]);
        },
        async () => shownRun(deps, id),
      );
    },
  );
}

function postDecide(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/runs/:id/decide',
    declare({ scope: 'write', idempotencyKey: 'required' }, runOperations.decideRun, {
      params: idParams,
      querystring: noQuery,
      body: runDecision,
      response: { 200: run },
    }),
    async (request, reply) => {
      const id = knownId('run', request.params.id);
      const { decision, by } = request.body;
      const ends_at = by === undefined ? null : new Date(by);
      return actOnce(
        deps,
        request,
        reply,
        { entity_id: id, status_code: 200 },
        async () => {
          refuse(await decideRun(deps.sql, id, decision, ends_at, callerOf(request)));
          void deps.offer('run', [id]);
        },
        async () => shownRun(deps, id),
      );
    },
  );
}

/** Throws what stands against the verb; the loser of two at once is told what the winner did. */
function refuse(refusal: VerbRefusal | null): void {
  if (refusal !== null) throw REFUSALS[refusal]();
}

const REFUSALS: Record<VerbRefusal, () => ProblemError> = {
  unknown: () => problem('not_found'),
  draft: () => problem('conflict', { detail: 'It has not been started' }),
  running: () => problem('already_running'),
  paused: () => problem('already_paused'),
  closing: () => problem('already_canceled'),
  completed: () => problem('already_completed'),
  canceled: () => problem('already_canceled'),
  count_differs: () => fieldProblem('expect.count', 'is not how many it has now', 'conflict'),
  sums_differ: () => fieldProblem('expect.sums', 'are not what they come to now', 'conflict'),
  goal_missed: () => problem('conflict', { detail: 'Its goal was missed: decide, or extend' }),
  not_held: () => problem('conflict', { detail: 'It has no hold, so there is nothing to decide' }),
  no_goal: () => fieldProblem('decision', 'moves the day of a goal, and it has none', 'conflict'),
  ends_at_past: () => fieldProblem('by', 'is over'),
  goal_not_reached: () => fieldProblem('decision', 'needs the goal to be reached', 'conflict'),
  decided_release: () => problem('already_decided', { detail: 'The decision stands: release' }),
  decided_cancel: () => problem('already_decided', { detail: 'The decision stands: cancel' }),
};
