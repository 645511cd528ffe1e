/**
 * Every confirm that Stripe shows beside the attempt that was written ahead of it. Events carry the key of the request
 * that caused them; Stripe keeps them for thirty days (https://docs.stripe.com/api/events). A confirm whose money
 * a person has dealt with needs no attempt any more: its row may be lost for good.
 */
import { parseKey } from '../../domain/keys.ts';
import type { Difference } from '../../domain/reconciliation.ts';
import { readSpokenOf, readWrittenAhead, type SeenConfirm } from '../../store/janitor/reconciliation.ts';
import type { ProjectedEvent } from '../../stripe/events/event.ts';
import { eventsIn } from '../../stripe/events/events.ts';
import { type Comparison, eachPage } from './reconcile-comparison.ts';

/** Events that only a confirm causes. A cancellation has a key of its own. */
const CONFIRMED = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
];

export type Confirms = {
  readonly differences: readonly Difference[];
  /** When the youngest confirm was made that no attempt was written ahead for; Unix seconds. */
  readonly missing_s: number | null;
};

/** @throws AppError `stripe_unreadable` */
export async function compareConfirms({ deps, from }: Comparison): Promise<Confirms> {
  const created_gte_s = from === null ? 0 : Math.max(0, Math.floor(from.getTime() / 1_000));
  const found = new Map<string, Difference>();
  let missing_s: number | null = null;
  await eachPage(deps.stripe, eventsIn({ types: CONFIRMED, created_gte_s }), async (events) => {
    const ours = events.filter((event) => isOurs(event, deps.instance_id));
    const written = await readWrittenAhead(deps.sql, ours.map(confirmOf));
    const spoken = await readSpokenOf(
      deps.sql,
      ours.map(({ object_id }) => object_id ?? ''),
    );
    for (const event of ours) {
      const pair = `${keyOf(event)} ${event.object_id}`;
      if (written.has(pair) || spoken.has(event.object_id ?? '')) continue;
      found.set(pair, unwritten(event));
      missing_s = Math.max(missing_s ?? 0, event.created_s);
    }
  });
  return { differences: [...found.values()], missing_s };
}

/**
 * About a PaymentIntent of this deployment, and caused by one of our requests: customers' browsers have their own
 * keys.
 */
function isOurs({ projection, request_key }: ProjectedEvent, instance_id: string): boolean {
  if (projection?.object !== 'payment_intent') return false;
  return projection.snapshot.metadata.dc_instance === instance_id && parseKey(request_key) !== null;
}

const keyOf = (event: ProjectedEvent): string => event.request_key ?? '';

function confirmOf(event: ProjectedEvent): SeenConfirm {
  return { key: keyOf(event), intent: event.object_id ?? '', at_s: event.created_s };
}

function unwritten(event: ProjectedEvent): Difference {
  const charge =
    event.projection?.object === 'payment_intent' && event.projection.snapshot.metadata.dc_charge;
  return {
    kind: 'confirm_without_attempt',
    charge: charge || null,
    payment_intent: event.object_id,
    entity: keyOf(event),
    database: null,
    stripe: `${event.type} by ${keyOf(event)}`,
  };
}
