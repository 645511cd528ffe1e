/**
 * What Stripe's events say about setups and methods on file. An event only says where to look: what is final in it we
 * apply as it stands; everything else we read again, so neither doubled nor reordered events matter.
 */
import type {
  PaymentMethodSnapshot,
  SessionSnapshot,
  SetupMark,
  SetupSnapshot,
} from '../../domain/charge/payment-snapshot.ts';
import { AppError } from '../../platform/errors.ts';
import { markDetached, refreshMethod } from '../../store/customer/payment-methods.ts';
import { findSetup } from '../../store/setup/setups.ts';
import { type Rows, readRow } from '../../store/work/obligations.ts';
import type { EventProjection } from '../../stripe/events/event.ts';
import { retrievePaymentMethod } from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';
import { madeAt, seeLoss } from '../work/see-loss.ts';
import { cancelStray } from './cancel-stray-setup.ts';
import { settleSetup } from './settle-setup.ts';

type Event = Pick<Rows['inbox_event'], 'id' | 'type' | 'projection' | 'stripe_created_at'>;
type Applied = 'applied' | 'ignored';

/**
 * Applies an event about a SetupIntent, a Checkout Session or a PaymentMethod; `ignored` when it concerns no setup and
 * no method on file.
 *
 * @throws AppError `stripe_unreadable` when Stripe must be asked and does not answer: apply the event again
 */
export async function applySetupEvent(deps: Dependencies, event: Event): Promise<Applied> {
  const projection = event.projection as EventProjection | null;
  switch (projection?.object) {
    case 'setup_intent':
      return applySetupIntent(deps, event, projection.snapshot);
    case 'checkout.session':
      return applySession(deps, event, projection.snapshot);
    case 'payment_method':
      return applyMethod(deps, event, projection.snapshot);
    default:
      return 'ignored';
  }
}

async function applySetupIntent(deps: Dependencies, event: Event, intent: SetupSnapshot): Promise<Applied> {
  const setup = await findSetup(deps.sql, {
    setup_intent: intent.id,
    session: null,
    dc_setup: markOf(deps, intent),
  });
  if (setup === null) return ignore(deps, event, intent);
  const is_bound = setup.stripe_setup_intent_id === intent.id;
  // A Session creates its SetupIntent itself, perhaps later: what the Session says about it counts.
  const is_of_session = setup.stripe_setup_intent_id === null && setup.stripe_checkout_session_id !== null;
  if (!is_bound && !is_of_session) {
    const stray = { stripe_setup_intent_id: intent.id, stripe_checkout_session_id: null };
    if (setup.via === 'elements') await cancelStray(deps, setup.id, stray);
    return 'applied';
  }
  if (event.type === 'setup_intent.created') return 'applied';
  // A Session's SetupIntent is canceled when the Session expires: only the Session can tell expiry from cancellation.
  const is_whole = setup.stripe_checkout_session_id === null || intent.status === 'succeeded';
  return settle(deps, event, setup.id, is_bound && is_whole ? intent : null);
}

async function applySession(deps: Dependencies, event: Event, session: SessionSnapshot): Promise<Applied> {
  const setup = await findSetup(deps.sql, {
    setup_intent: null,
    session: session.id,
    dc_setup: markOf(deps, session),
  });
  if (setup === null) return ignore(deps, event, session);
  if (setup.stripe_checkout_session_id !== session.id) {
    const stray = { stripe_setup_intent_id: null, stripe_checkout_session_id: session.id };
    if (session.status === 'open') await cancelStray(deps, setup.id, stray);
    return 'applied';
  }
  return settle(deps, event, setup.id, null);
}

type Marked = { readonly metadata: SetupMark; readonly created_s: number | null };

/** No setup has it. If it is ours all the same, its row was lost. */
async function ignore(deps: Dependencies, event: Event, object: Marked): Promise<Applied> {
  if (markOf(deps, object) !== null)
    await seeLoss(deps, 'setup_without_row', madeAt(object, event.stripe_created_at));
  return 'ignored';
}

async function settle(
  deps: Dependencies,
  event: Event,
  setup_id: string,
  intent: SetupSnapshot | null,
): Promise<Applied> {
  const news = { cause: 'stripe', cause_reference: event.id, intent };
  const settlement = await settleSetup(deps, setup_id, news);
  if (settlement.kind === 'unanswered') throw new AppError('stripe_unreadable');
  return 'applied';
}

async function applyMethod(deps: Dependencies, event: Event, told: PaymentMethodSnapshot): Promise<Applied> {
  const reference = { id: told.id, cause: 'stripe', cause_reference: event.id };
  // A detached method never comes back to a customer, so this event is final.
  if (event.type === 'payment_method.detached') {
    return (await markDetached(deps.sql, reference)) ? 'applied' : 'ignored';
  }
  if ((await readRow(deps.sql, 'payment_method', told.id)) === null) return 'ignored';
  const read = judgeRead(await retrievePaymentMethod(deps.stripe, told.id));
  if (read.kind === 'unanswered') throw new AppError('stripe_unreadable');
  if (read.kind === 'refused' || read.value.customer === null) await markDetached(deps.sql, reference);
  else await refreshMethod(deps.sql, read.value, event.id);
  return 'applied';
}

/** The setup that a mark names, if the mark is this deployment's: several may share one Stripe account. */
function markOf(deps: Dependencies, { metadata }: Marked): string | null {
  return metadata.dc_instance === deps.instance.id ? (metadata.dc_setup ?? null) : null;
}
