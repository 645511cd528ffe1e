import { type FeedPlace, readEpoch, readFeed, readPlace } from '../../store/events/event-list.ts';
import type { Api } from '../api.ts';
import type { AppDependencies } from '../dependencies.ts';
import { eventOperations } from '../operations/events.ts';
import { problem } from '../problem.ts';
import { eventPage, eventQuery, type FeedCursor } from '../schemas/event.ts';
import { declare } from '../schemas/route.ts';
import { eventView } from '../views/event.ts';

/** The feed: everything that happened, for whoever goes on from where they were. */
export function eventRoutes(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/events',
    declare({ scope: 'read' }, eventOperations.listEvents, {
      querystring: eventQuery,
      response: { 200: eventPage },
    }),
    async (request) => {
      const { after, type, object, limit } = request.query;
      const epoch = await readEpoch(deps.sql);
      const place = after === undefined ? null : await placeOf(deps, after, epoch);
      const rows = await readFeed(deps.sql, {
        after: place?.number ?? 0,
        type: type === undefined || type === '*' ? null : type,
        object_id: object ?? null,
        limit,
      });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1) ?? place;
      return {
        data: shown.map((row) => eventView(row, deps.instance.livemode)),
        next_cursor: last && cursorOf(last, epoch),
        has_more: rows.length > limit,
      };
    },
  );
}

/**
 * The place that a cursor names. An event from before a loss of rows was followed by others than those that follow it now,
 * so its id alone is refused; a page that was read since then says in its cursor that it was.
 *
 * @throws ProblemError `cursor_gone`
 */
async function placeOf(deps: AppDependencies, cursor: FeedCursor, epoch: number): Promise<FeedPlace> {
  const place = await readPlace(deps.sql, cursor.id);
  if (place === null || (cursor.epoch ?? place.epoch) !== epoch) throw problem('cursor_gone');
  return place;
}

function cursorOf(last: { readonly id: string; readonly epoch: number }, epoch: number): string {
  return last.epoch === epoch ? last.id : `${last.id}-${epoch}`;
}
