import type { EventView } from '../schemas/event.ts';
import { SUCCEEDED_CHARGE } from './charges.ts';
import { operationsOf } from './operation.ts';

const EVENT_EXAMPLE: EventView = {
  id: 'dce_a2mqzwbnt3xkr7hvcy4djp62',
  object: 'event',
  type: 'charge.succeeded',
  created_at: '2026-11-01T08:00:02.377Z',
  livemode: false,
  version: 5,
  data: { object: SUCCEEDED_CHARGE },
};

export const eventOperations = operationsOf('Events', {
  listEvents: {
    summary: 'List events',
    description:
      'Returns what happened, oldest first, in an order that never changes. Keep `next_cursor` and ask again with it as `after`: nothing is left out and nothing told twice, whether or not a webhook arrived. ' +
      '`cursor_gone` says that events after your cursor are no longer kept, or that the database lost rows since: read what you follow anew, and begin without a cursor.',
    refusals: ['cursor_gone'],
    answer: { data: [EVENT_EXAMPLE], next_cursor: EVENT_EXAMPLE.id, has_more: false },
  },
});
