import { readTakingRun } from '../../store/run/run-lines.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { importLines } from '../lines/import-lines.ts';
import { LINE_TYPES, type LineType, readLines } from '../lines/read-lines.ts';
import { found, knownId } from '../lookup.ts';
import { runOperations } from '../operations/runs.ts';
import { problem } from '../problem.ts';
import { idParams, noQuery } from '../schemas/list.ts';
import { declare } from '../schemas/route.ts';
import { importReport } from '../schemas/run.ts';

/** Lines of a run, streamed: the body is read as fast as lines are written down, and no faster. */
export function runLineRoutes(app: Api, deps: AppDependencies): void {
  for (const type of LINE_TYPES) app.addContentTypeParser(type, (_request, body, done) => done(null, body));
  app.post(
    '/v1/runs/:id/charges',
    declare({ scope: 'write', takesLines: true, room: 'waiting' }, runOperations.importRunCharges, {
      params: idParams,
      querystring: noQuery,
      response: { 200: importReport },
    }),
    async (request) => {
      const id = knownId('run', request.params.id);
      const type = lineTypeOf(request.headers['content-type']);
      const run = found(await readTakingRun(deps.sql, id));
      if (!run.takes) throw problem('conflict', { detail: 'It takes no more lines' });
      const body = request.body as unknown as AsyncIterable<Buffer>;
      return importLines(deps, run, readLines(type, body), callerOf(request));
    },
  );
}

/** The media type without its parameters. Throws `unsupported_media_type`. */
function lineTypeOf(header: string | undefined): LineType {
  const type = header?.split(';')[0]?.trim().toLowerCase();
  const known = LINE_TYPES.find((one) => one === type);
  if (known === undefined) throw problem('unsupported_media_type');
  return known;
}
