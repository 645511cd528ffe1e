import { Readable } from 'node:stream';
import { previewRun, type Tally } from '../../billing/run/preview-run.ts';
import { type LineOutcome, takeRunLines } from '../../billing/run/take-lines.ts';
import type { ChargeTerms } from '../../domain/charge/charge-terms.ts';
import { derivedId } from '../../platform/ids.ts';
import { insertRun } from '../../store/run/run-intake.ts';
import type { RunLine } from '../../store/run/run-lines.ts';
import { readRun } from '../../store/run/run-list.ts';
import { type FailedLine, readFailedLines, readReportLines } from '../../store/run/run-report.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { canonicalHash, entityIdOf, requireIdempotencyKey } from '../idempotency.ts';
import { createReport } from '../lines/import-report.ts';
import { reportCsv, reportJson } from '../lines/report-text.ts';
import { found, knownId } from '../lookup.ts';
import { runOperations } from '../operations/runs.ts';
import { problem } from '../problem.ts';
import { idParams, noBody, noQuery } from '../schemas/list.ts';
import { declare } from '../schemas/route.ts';
import { type RunPreview, reportQuery, runAgain, runPreview, runReport } from '../schemas/run.ts';
import { shownRun } from './runs.ts';

const LINES_A_PAGE = 500;

/** What is seen of a run before its start and after its end, and the way back to a new one. */
export function runReportRoutes(app: Api, deps: AppDependencies): void {
  postPreview(app, deps);
  getReport(app, deps);
  postAgain(app, deps);
}

function postPreview(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/runs/:id/preview',
    declare({ scope: 'read' }, runOperations.previewRun, {
      params: idParams,
      querystring: noQuery,
      body: noBody,
      response: { 200: runPreview },
    }),
    async (request): Promise<RunPreview> => {
      const id = knownId('run', request.params.id);
      const row = found(await readRun(deps.tables, id));
      const { going, previous, would_charge, would_skip, warnings } = await previewRun(deps, id);
      const { stripeRatePerEndpoint } = deps.config;
      const per_s = Math.min(row.pace_per_s ?? stripeRatePerEndpoint, stripeRatePerEndpoint);
      const { canceled = 0, ...counts } = row.counts;
      return {
        count: Object.values(counts).reduce((sum, n) => sum + n, 0),
        sums: row.sums.filter(({ total }) => total > 0).map(({ currency, total }) => ({ currency, total })),
        would_charge: [...would_charge],
        would_skip: would_skip.map(tallyView),
        warnings: warnings.map(tallyView),
        duration_s: going / per_s,
        previous: previous && {
          id: previous.previous,
          new: { count: previous.added, customers: [...previous.added_examples] },
          gone: { count: previous.gone, customers: [...previous.gone_examples] },
          more_than_twice: { count: previous.doubled, customers: [...previous.doubled_examples] },
        },
      };
    },
  );
}

function tallyView({ reason, count, examples }: Tally): RunPreview['warnings'][number] {
  return { reason, count, references: [...examples] };
}

/** Pages of what `read` answers. */
async function* pagesOf<Line extends { readonly id: string }>(
  read: (after: string | null) => Promise<readonly Line[]>,
): AsyncGenerator<readonly Line[]> {
  let after: string | null = null;
  do {
    const page: readonly Line[] = await read(after);
    yield page;
    after = page.length < LINES_A_PAGE ? null : (page.at(-1)?.id ?? null);
  } while (after !== null);
}

function getReport(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/runs/:id/report',
    declare({ scope: 'read' }, runOperations.reportRun, {
      params: idParams,
      querystring: reportQuery,
      response: { 200: runReport },
    }),
    async (request, reply) => {
      const id = knownId('run', request.params.id);
      const shown = await shownRun(deps, id);
      const pages = pagesOf((after) => readReportLines(deps.sql, id, after, LINES_A_PAGE));
      const isCsv = request.query.format === 'csv';
      reply.type(isCsv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8');
      const text = Readable.from(isCsv ? reportCsv(pages) : reportJson(shown, pages));
      return reply.send(text as never);
    },
  );
}

function postAgain(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/runs/:id/again',
    declare({ scope: 'write', idempotencyKey: 'required' }, runOperations.repeatRun, {
      params: idParams,
      querystring: noQuery,
      body: noBody,
      response: { 201: runAgain },
    }),
    async (request, reply) => {
      const keyed = requireIdempotencyKey(request);
      const of = found(await readRun(deps.tables, knownId('run', request.params.id)));
      const { livemode, terms, pace_per_s, metadata, name } = of;
      const { stop_loss_share: share, stop_loss_of_last: of_last } = of;
      const stop_loss = share === null || of_last === null ? null : { share, of_last };
      const id = entityIdOf('run', deps.instance.deriveKey, keyed);
      const wanted = { id, name, livemode, terms, pace_per_s, stop_loss, metadata, again_of: of.id };
      const made = await insertRun(
        deps.sql,
        { ...wanted, reference: null, hold: false, goal: null },
        keyed,
        callerOf(request),
      );
      if (made.outcome === 'mismatch') throw problem('idempotency_mismatch');
      if (made.outcome === 'replayed') reply.header('idempotent-replayed', 'true');
      // Asked again, it goes on where it was interrupted: what is there is found.
      const report = createReport();
      for await (const page of pagesOf((after) => readFailedLines(deps.sql, of.id, after, LINES_A_PAGE))) {
        const lines = page.map((line) => lineAgain(line, deps.instance.deriveKey));
        const run = { id, livemode, terms, takes: true };
        const outcomes = await takeRunLines(deps, run, lines, callerOf(request));
        lines.forEach((line, place) => {
          report.note(place + 1, line, outcomes[place] as LineOutcome);
        });
      }
      return reply.code(201).send({ ...(await shownRun(deps, id)), import: report.done() });
    },
  );
}

function lineAgain(failed: FailedLine, deriveKey: Buffer): RunLine {
  return {
    id: derivedId('chg', deriveKey, 'again_of', '', failed.id),
    reference: failed.reference ?? failed.id,
    customer_id: failed.customer_id,
    customer_reference: null,
    payment_method_id: failed.payment_method_id,
    amount_minor: failed.amount_minor,
    currency: failed.currency,
    description: failed.description,
    scheduled_for: null,
    metadata: failed.metadata,
    terms: failed.terms as ChargeTerms,
    document: failed.document as RunLine['document'],
    usage: failed.usage,
    again_of: failed.id,
    request_hash: canonicalHash({ again_of: failed.id }),
  };
}
