/** Endpoints and deliveries as merchants see them. No secret is in either. */
import type { DeliveryView, EndpointRow } from '../../store/notify/endpoints.ts';
import type { DeliveryJson, WebhookEndpointJson } from '../schemas/webhook-endpoint.ts';

export function endpointView(row: EndpointRow): WebhookEndpointJson {
  return {
    id: row.id,
    object: 'webhook_endpoint',
    url: row.url,
    events: row.events,
    description: row.description,
    status: row.state as WebhookEndpointJson['status'],
    disabled_reason: row.disabled_reason as WebhookEndpointJson['disabled_reason'],
    failing_since: row.failing_since?.toISOString() ?? null,
    replaying: row.replay_from !== null,
    created_at: row.created_at.toISOString(),
  };
}

/** With its tries, newest first. */
export function deliveryView({ delivery, type, attempts }: DeliveryView): DeliveryJson {
  return {
    id: delivery.id,
    object: 'delivery',
    endpoint: delivery.endpoint_id,
    event: delivery.event_id,
    type,
    status: delivery.state as DeliveryJson['status'],
    next_attempt_at: delivery.due_at?.toISOString() ?? null,
    attempts: attempts.map(({ number, at, status, code, duration_ms, answer }) => ({
      number,
      at: at.toISOString(),
      status,
      code,
      duration_ms,
      answer,
    })),
    delivered_at: delivery.delivered_at?.toISOString() ?? null,
    created_at: delivery.created_at.toISOString(),
  };
}
