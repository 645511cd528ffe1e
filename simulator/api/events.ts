import { eventBody } from '../events/event-body.ts';
import { invalid, notFound } from '../http/errors.ts';
import { listPage, readCreated, readPage } from '../http/lists.ts';
import { boolean, text, texts } from '../http/params.ts';
import type { Call, Route } from '../http/router.ts';
import type { EventRow } from '../world/world.ts';

export const eventRoutes: readonly Route[] = [
  { method: 'GET', template: '/v1/events', kind: 'event', list: true, read: list },
  { method: 'GET', template: '/v1/events/:id', kind: 'event', read: retrieve },
];

const MAX_TYPES = 20;
/** Events can be read for 30 days. */
const KEPT_S = 30 * 24 * 60 * 60;

function list(call: Call) {
  const { params, account, world } = call;
  const page = readPage(params);
  const within = readCreated(params);
  const type = text(params, 'type') ?? null;
  const types = texts(params, 'types') ?? null;
  if (types !== null && types.length > MAX_TYPES)
    throw invalid(`At most ${MAX_TYPES} types are allowed.`, 'types');
  if (type !== null && types !== null) throw invalid('You may only specify one of: type, types.', 'types');
  const delivered = boolean(params, 'delivery_success');
  const since = world.clock.seconds() - KEPT_S;
  return () =>
    listPage(
      account.events,
      page,
      '/v1/events',
      (row) =>
        row.value.created >= since &&
        within(row.value.created) &&
        isOfType(row, type, types) &&
        (delivered === undefined || delivered === (row.pending === 0)),
      (row) => eventBody(row),
    );
}

function retrieve(call: Call) {
  const row = call.account.events.byId.get(call.id);
  if (row === undefined) throw notFound('event', call.id);
  return () => eventBody(row);
}

/** A type may end in `*`, which stands for anything. */
function isOfType(row: EventRow, type: string | null, types: readonly string[] | null): boolean {
  const wanted = type === null ? types : [type];
  if (wanted === null) return true;
  return wanted.some(
    (name) => name === row.type || (name.endsWith('*') && row.type.startsWith(name.slice(0, -1))),
  );
}
