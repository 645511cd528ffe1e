/**
 * One step of a setup, by a worker that holds its lease.
 *
 *   queued ─▶ (customer bound) ─▶ create, bind ─▶ awaiting_customer ─▶ succeeded
 *                                                      │  ├ read again although no webhook came
 *                                                      │  └ the customer pressed on our page ─▶ a Session instead
 *                                                      └ expired, cancelled, failed too often ─▶ closing ─▶ proof
 *
 * Each arrow may be the last thing this process does; the row says what had begun.
 */
import type { SetupState } from '../../domain/machines.ts';
import { isSwitching, nextReadInMs } from '../../domain/setup/setup-decisions.ts';
import { unreachable } from '../../platform/errors.ts';
import { readSetup, type SetupContext } from '../../store/setup/setups.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, rest, wait } from '../work/outcome.ts';
import { closeSetup } from './close-setup.ts';
import { createForSetup } from './create-setup.ts';
import { settleSetup } from './settle-setup.ts';
import { switchToSession } from './switch-to-session.ts';

/** After a read that Stripe did not answer. Nobody waits for it: the customer's own webhook is faster. */
const READ_RETRY_MS = 30_000;

type Next = Outcome<'setup'>;

/** Takes a setup one step further. Stripe's answers are settled, never thrown. */
export async function advanceSetup(deps: Dependencies, row: Rows['setup'], lease: Lease): Promise<Next> {
  const context = await readSetup(deps.sql, row.id);
  if (context === null) return done;
  const state = context.setup.state as SetupState;
  switch (state) {
    case 'queued':
      return open(deps, context, lease);
    case 'awaiting_customer':
      if (isSwitching(context.setup) && !isOverdue(context)) return switchToSession(deps, context, lease);
      return lookAgain(deps, context, lease);
    case 'processing':
      return lookAgain(deps, context, lease);
    case 'closing':
      return closeSetup(deps, context, lease);
    case 'needs_review':
      return rest(context.setup, 'nothing_owed');
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'expired':
      return done;
    default:
      return unreachable(state);
  }
}

async function open(deps: Dependencies, context: SetupContext, lease: Lease): Promise<Next> {
  if (isOverdue(context)) return expire(context);
  if (context.stripe_customer_id !== null) return createForSetup(deps, context, lease);
  await deps.offer('customer', [context.setup.customer_id]);
  const wait_ms = deps.timings.setupCustomerWaitSeconds * 1_000;
  const left_ms = context.setup.expires_at.getTime() - context.now.getTime();
  return wait(context.setup, Math.min(wait_ms, left_ms), 'customer_unbound');
}

/** A setup ends without webhooks too: we read whatever is due. */
async function lookAgain(deps: Dependencies, context: SetupContext, lease: Lease): Promise<Next> {
  const { setup } = context;
  const settlement = await settleSetup(deps, setup.id, {
    cause: 'worker',
    cause_reference: 'read_again',
    intent: null,
    signal: lease.signal,
  });
  const now = await readSetup(deps.sql, setup.id);
  if (now === null || (now.setup.state !== 'awaiting_customer' && now.setup.state !== 'processing'))
    return done;
  if (settlement.kind === 'unanswered') return wait(now.setup, READ_RETRY_MS, settlement.reason);
  if (isOverdue(now)) return expire(now);
  const clock = {
    state: now.setup.state as SetupState,
    opened_at: now.setup.create_opened_at ?? now.setup.created_at,
    expires_at: now.setup.expires_at,
    now: now.now,
  };
  return wait(now.setup, nextReadInMs(clock, deps.timings.setupReadMinutes), 'read_again');
}

/** While the bank works on it, the customer's deadline does not count: they were not late. */
function isOverdue({ setup, now }: SetupContext): boolean {
  return setup.state !== 'processing' && setup.expires_at <= now;
}

function expire({ setup, now }: SetupContext): Next {
  return wait(setup, 0, 'expired', { state: 'closing', close_as: 'expired', close_requested_at: now });
}
