import { SECOND_MS } from '../../domain/durations.ts';
import { invariant } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { EventRow } from '../../store/events/event-list.ts';
import type { Owed, SettledTry } from '../../store/notify/deliveries.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import { failureOf, type NotifyAnswer } from '../notify-ports.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, rest, wait } from '../work/outcome.ts';

/** After "gone", https://www.rfc-editor.org/rfc/rfc9110#name-410-gone, nothing is sent until somebody says otherwise. */
const GONE = 410;
/** Soon enough to be no delay, and long enough for some of those under way to end. */
const BUSY_MS = SECOND_MS;

/**
 * Sends one event to one endpoint and notes what came back. A worker that dies in between sends it again, under the same
 * `webhook-id`: a receiver may get an event twice, and never loses one.
 */
export async function advanceDelivery(
  deps: Dependencies,
  row: Rows['delivery'],
  lease: Lease,
): Promise<Outcome<'delivery'>> {
  const owed = await deps.deliveries.read(row.id);
  invariant(owed !== undefined, 'a_delivery_has_its_endpoint');
  switch (owed.endpoint_state) {
    case 'deleting':
    case 'deleted':
      return rest(row, 'deleted', { state: 'canceled' });
    case 'disabled':
      return rest(row, 'disabled');
    case 'enabled':
      return owed.event === null
        ? rest(row, 'event_gone', { state: 'canceled', detail: 'event_gone' })
        : send(deps, row, lease, owed, owed.event);
  }
}

async function send(
  deps: Dependencies,
  row: Rows['delivery'],
  lease: Lease,
  { endpoint_id, url, secrets }: Owed,
  event: EventRow,
): Promise<Outcome<'delivery'>> {
  const body = deps.notify.renderEvent(event);
  await failpoint('delivery.before');
  const answer = await deps.notify.send(
    { endpoint_id, url, webhook_id: event.id, body, secrets },
    lease.signal,
  );
  await failpoint('delivery.after_effect');
  if (answer.kind === 'busy') return wait(row, BUSY_MS, 'busy');
  // Our own stop, or a lease that we could not keep: whoever claims the row next sends it.
  if (answer.kind === 'aborted') return done;
  await note(deps, row.id, lease, answer);
  await failpoint('delivery.after');
  return done;
}

async function note(
  deps: Dependencies,
  id: string,
  { lease_number }: Lease,
  answer: Extract<NotifyAnswer, { kind: 'answered' | 'failed' }>,
): Promise<void> {
  const isAnswered = answer.kind === 'answered';
  const code = failureOf(answer);
  deps.metrics.deliveriesTotal.inc({ outcome: outcomeOf(answer, code) });
  const settled = await deps.deliveries.settle({
    id,
    lease_number,
    status: isAnswered ? answer.status : null,
    code,
    duration_ms: Math.round(answer.duration_ms),
    answer: isAnswered ? answer.answer : null,
    is_gone: isAnswered && answer.status === GONE,
    retry_after_s: isAnswered ? answer.retry_after_s : null,
    jitter: Math.random(),
  });
  if (settled !== undefined) tell(deps, settled, code);
}

function tell(
  { log }: Dependencies,
  { id, state, endpoint_id, disabled }: SettledTry,
  code: string | null,
): void {
  if (state === 'failed')
    log.warn({ event: 'delivery.given_up', operation: id, ...(code === null ? {} : { code }) });
  if (disabled !== null)
    log.warn({ event: 'webhook_endpoint.disabled', operation: endpoint_id, cause: disabled });
}

/** One of a closed list: a status by its hundred. */
function outcomeOf(
  answer: Extract<NotifyAnswer, { kind: 'answered' | 'failed' }>,
  code: string | null,
): string {
  if (code === null) return 'delivered';
  return answer.kind === 'failed' ? answer.code : `http_${Math.floor(answer.status / 100)}xx`;
}
