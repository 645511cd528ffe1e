import { API_VERSION } from '../http/version.ts';
import type { EventRow } from '../world/world.ts';

/** The event as Stripe writes it. `pending_webhooks`: the deliveries still owed. */
export function eventBody(row: EventRow, pending_webhooks = row.pending) {
  const previous = row.previous === null ? {} : { previous_attributes: row.previous };
  return {
    id: row.value.id,
    object: 'event',
    api_version: API_VERSION,
    created: row.value.created,
    data: { object: row.object, ...previous },
    livemode: false,
    pending_webhooks,
    request: row.request ?? { id: null, idempotency_key: null },
    type: row.type,
  };
}
