/**
 * One step of a charge, by a worker that holds its lease.
 *
 *   claim ─▶ create PaymentIntent ─▶ bind it and open attempt n ─▶ confirm ─▶ settle
 *
 * Each arrow may be the last thing that this process does. What had begun is in the row before the first byte leaves,
 * so the next claimer decides from the row alone (`src/domain/charge/decide-charge.ts`) and goes on from there. The
 * steps' names are the failpoints' names.
 */
import { type Attempt, type ChargeContext, createTypeOf } from '../../domain/charge/charge.ts';
import { type ChargeAction, decideCharge } from '../../domain/charge/decide-charge.ts';
import { askCustomer, planClosedCard } from '../../domain/decline/decline-outcome.ts';
import { unreachable } from '../../platform/errors.ts';
import { requestClose } from '../../store/charge/close-requests.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, rest, wait } from '../work/outcome.ts';
import { announceDebit } from './announce-debit.ts';
import { cancelBound } from './cancel-payment-intent.ts';
import { confirmAttempt, openAndConfirm } from './confirm-attempt.ts';
import { createAndConfirm } from './create-payment-intent.ts';
import { lookAtMandate } from './look-at-mandate.ts';
import { lookForAttempt, readPaymentIntent } from './look-at-stripe.ts';
import { applyChargePlan } from './settle-charge.ts';

/**
 * Takes the charge one step further. A charge that waits for its recovery or for a person, or has ended, owes nothing.
 */
export async function advanceCharge(
  deps: Dependencies,
  row: Rows['charge'],
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const context = await deps.charges.read(row.id);
  if (context === null || !isDue(context)) return done;
  return act(deps, context, decideCharge(context, deps.timings), lease);
}

/**
 * A claimed charge was due. If it no longer is, another process has brought the answer and planned the next step,
 * which must not come early: otherwise only the kill switch would hold back tomorrow's retry.
 */
function isDue({ charge, now }: ChargeContext): boolean {
  return charge.due_at !== null && charge.due_at <= now;
}

async function act(
  deps: Dependencies,
  context: ChargeContext,
  action: ChargeAction,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  switch (action.do) {
    case 'nothing':
      return rest(context.charge, 'nothing_owed');
    case 'wait':
      return waitFor(deps, context, action);
    case 'hold':
      return hold(context, action);
    case 'announce':
      return announceDebit(deps, context, action, lease);
    case 'create':
      return create(deps, context, action, lease);
    case 'attempt':
      return openAndConfirm(deps, context, { kind: 'own_method' }, lease);
    case 'resend':
      return resend(deps, context, action.attempt, lease);
    case 'look':
      return lookForAttempt(deps, context, action.attempt, lease);
    case 'read':
      return readPaymentIntent(deps, context, lease);
    case 'cancel':
      return cancelBound(deps, context, action.number, lease);
    case 'close_unbound':
      await applyChargePlan(
        deps,
        context,
        { state: action.as, due_in_ms: null, detail: action.detail, attempt: null, recovery: null },
        { carrier: 'worker', reference: 'never_bound', lease },
      );
      return done;
    case 'ask_customer': {
      const { id } =
        action.reason === 'card_limited' ? context.method : { id: context.charge.payment_method_id };
      const method = { payment_method_id: id };
      const plan = { ...askCustomer(context, method, 'replace', deps.timings), attempt: null };
      await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: action.reason, lease });
      return done;
    }
    case 'read_mandate':
      return lookAtMandate(deps, context, lease);
    case 'heed_verdict': {
      const plan = planClosedCard(context, action.closed, deps.timings);
      await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: 'card_closed', lease });
      return done;
    }
    case 'close':
      return close(deps, context, action);
    default:
      return unreachable(action);
  }
}

async function close(
  deps: Dependencies,
  { charge }: ChargeContext,
  { as, detail }: Extract<ChargeAction, { do: 'close' }>,
): Promise<Outcome<'charge'>> {
  const why = { recovery: 'revoked', cause: 'worker', cause_reference: detail } as const;
  await requestClose(deps.sql, [charge.id], { as, detail, ...why });
  return done;
}

/**
 * Sends an open attempt again (docs/protocol.md, 3.6), once the pace allows it. That may take a while, so the statement
 * that lets it go asks anew whether it may; if not, what forbids it is acted on instead.
 */
async function resend(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { id } = context.charge;
  const { lease_number } = lease;
  const { number, kind, payment_method_id } = attempt;
  const consent_id = attempt.consent_id ?? context.charge.consent_id;
  const lane = kind === 'on_session' ? 'recovery' : 'single';
  await deps.pacer.acquire('payment_intents.confirm', lane, lease.signal);
  const resending = { charge_id: id, lease_number, number, kind, payment_method_id, consent_id };
  if (await deps.charges.permitResending(resending)) {
    await confirmAttempt(deps, context, attempt, lease, { resending: true });
    return done;
  }
  const now = await deps.charges.read(id);
  if (now === null || now.charge.lease_number !== lease_number || !isDue(now)) return done;
  const action = decideCharge(now, deps.timings);
  return action.do === 'resend' ? done : act(deps, now, action, lease);
}

/** Compares the revision: what the charge waits for may have happened since we read it, and then it must not sleep. */
async function waitFor(
  deps: Dependencies,
  { charge }: ChargeContext,
  action: Extract<ChargeAction, { do: 'wait' }>,
): Promise<Outcome<'charge'>> {
  if (action.reason === 'customer_unbound') await deps.offer('customer', [charge.customer_id]);
  return wait(charge, action.due_in_ms, action.reason, detailOf(charge, action.reason));
}

/** Of a charge that was never tried: a retry tells of itself by its state. */
function detailOf({ state }: ChargeContext['charge'], reason: string): { detail?: string | null } {
  if (state !== 'queued') return {};
  if (reason === 'awaiting_notice') return { detail: 'awaiting_notice' };
  return reason === 'day_to_come' || reason === 'notice_later' ? { detail: null } : {};
}

/** The run that goes on finds a retry by its detail; what the customer is asked for keeps its own. */
function hold(
  { charge }: ChargeContext,
  { gate, due_in_ms }: Extract<ChargeAction, { do: 'hold' }>,
): Outcome<'charge'> {
  return wait(charge, due_in_ms, gate, charge.state === 'retry_wait' ? { detail: 'run_paused' } : {});
}

async function create(
  deps: Dependencies,
  context: ChargeContext,
  action: Extract<ChargeAction, { do: 'create' }>,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  if (action.look_first === null) {
    await deps.pacer.acquire('payment_intents.create', 'single', lease.signal);
    const { charge } = context;
    const method_type = createTypeOf(context);
    const opening = { charge_id: charge.id, lease_number: lease.lease_number, method_type };
    if (!(await deps.charges.openCreate(opening))) return done;
  }
  return createAndConfirm(deps, context, action, lease);
}
