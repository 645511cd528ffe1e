import type Stripe from 'stripe';
import { insert } from '../world/table.ts';
import type { Context, EventRow } from '../world/world.ts';
import { post } from './deliver.ts';

/**
 * Records that something happened, and posts it. `object` is an immutable value, so the event keeps the object as it
 * was at this moment. `before`: the value that an update replaced, for `previous_attributes`.
 */
export function emit(
  context: Context,
  type: Stripe.Event['type'],
  object: { id: string; object: string },
  before: Record<string, unknown> | null = null,
): void {
  const { world, account } = context;
  const row: EventRow = {
    value: { id: account.random.id('evt_1'), created: world.clock.seconds() },
    type,
    object,
    previous:
      before === null ? null : previousAttributes(before, object as unknown as Record<string, unknown>),
    request: context.request,
    posted: 0,
    pending: 0,
    failed: 0,
  };
  insert(account.events, row);
  post(world, account, row);
}

function previousAttributes(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const changed = Object.keys(before).filter((key) => before[key] !== after[key]);
  return Object.fromEntries(changed.map((key) => [key, before[key]]));
}
