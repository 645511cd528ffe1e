/**
 * The customer's press. It is an attempt like any other: claimed, leased, written ahead with its key and exact body,
 * then sent; if this process dies in between, a worker resumes it with the same key. But a person waits, so its
 * statements are not gathered with those of other jobs.
 */
import { type Attempt, type ChargeContext, confirmsLeft, openAttemptOf } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import { isTerminal } from '../../domain/machines.ts';
import { unreachable } from '../../platform/errors.ts';
import { readRow } from '../../store/work/obligations.ts';
import type { Answer } from '../../stripe/answer.ts';
import { type Confirmed, retrieveRedirect } from '../../stripe/payment-intents.ts';
import {
  confirmAttempt,
  type Opening,
  type OpeningMethod,
  openAttempt,
  readBeforeOpening,
} from '../charge/confirm-attempt.ts';
import { applyChargeFact } from '../charge/settle-charge.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { writeOutcome } from '../work/outcome.ts';

export type Press = {
  readonly charge_id: string;
  readonly recovery_id: string;
  readonly payment_method_id: string;
  /** Ask Stripe to keep the method for later: only if the consent covers it. */
  readonly future_use: boolean;
  /** Where the bank sends the customer back; never contains a token. */
  readonly return_url: string;
  /** The newest attempt that the customer knew of when they pressed; left out, whichever is there. */
  readonly seen_attempt?: number;
};

/** How far a press has come, for whoever has to say what is known of it when it throws. */
export type PressProgress = {
  /** From the moment before the attempt is written ahead: from then on a confirm may reach Stripe, now or later. */
  may_be_sent: boolean;
};

/**
 * - `processing`: the rows have more to tell than this press;
 * - `twin`: somebody else is at work on this charge right now, and this press has sent nothing;
 * - `unsent`: this press has sent nothing, and nobody is at work;
 * - `closed`: no press can do anything any more.
 */
export type Pressed =
  /** The bank wants the customer: send them there at once, and do not store this address anywhere. */
  | { readonly outcome: 'redirect'; readonly url: string }
  | { readonly outcome: 'paid' | 'processing' | 'declined' | 'twin' | 'unsent' | 'closed' };

/** Confirms the charge's PaymentIntent while the customer waits at our page. */
export async function pressConfirm(
  deps: Dependencies,
  press: Press,
  sending: PressProgress = { may_be_sent: false },
): Promise<Pressed> {
  return actForCustomer(deps, press, sending, (method) => ({ kind: 'press', ...press, method }));
}

/**
 * The one off-session attempt that a worker makes with a method that the customer has just saved for this amount, if
 * the customer does not press (docs/protocol.md, 10.3). Never after future use was written to the PaymentIntent:
 * Stripe would refuse it (11.3).
 */
export async function attemptWithMethod(deps: Dependencies, asked: Asked): Promise<Pressed> {
  const sending: PressProgress = { may_be_sent: false };
  return actForCustomer(deps, asked, sending, (method) => ({ kind: 'replacement', ...asked, method }));
}

type Asked = Pick<Press, 'charge_id' | 'recovery_id' | 'payment_method_id' | 'seen_attempt'>;
type CustomersOpening = Extract<Opening, { kind: 'press' | 'replacement' }>;

async function actForCustomer(
  deps: Dependencies,
  asked: Asked,
  sending: PressProgress,
  openWith: (method: OpeningMethod) => CustomersOpening,
): Promise<Pressed> {
  const now: Dependencies = { ...deps, charges: deps.chargesNow };
  const method = await readRow(deps.sql, 'payment_method', asked.payment_method_id);
  if (method === null) return closed;
  const opening = openWith(method);
  const seen = await now.charges.read(asked.charge_id);
  const early = seen === null ? closed : await standing(now, seen, asked, opening);
  if (early !== null) return early;
  const claimed = await now.leases.claimNow('charge', asked.charge_id);
  if (claimed === null) return { outcome: 'twin' };
  const { lease } = claimed;
  try {
    const context = await now.charges.read(asked.charge_id);
    if (context === null) return closed;
    return (
      (await standing(now, context, asked, opening)) ??
      (await openAndSend(now, context, opening, lease, sending))
    );
  } finally {
    await giveBack(now, lease);
  }
}

/** The lease ends by itself, so failing to give it back must not hide from the customer what Stripe has answered. */
async function giveBack({ leases, log }: Dependencies, lease: Lease): Promise<void> {
  try {
    await leases.release(lease);
  } catch (err) {
    log.warn({ event: 'lease.release_failed', chargeId: lease.id, err });
  }
}

const closed: Pressed = { outcome: 'closed' };

/** Checked again here: the worker may have slept since it decided, and the card may have been tried meanwhile. */
function mayChargeReplacement({ charge, attempts }: ChargeContext, method: OpeningMethod): boolean {
  return charge.future_use_at === null && attempts.every((each) => each.payment_method_id !== method.id);
}

/** What was decided before the press; null when an attempt may be opened. */
async function standing(
  deps: Dependencies,
  context: ChargeContext,
  { recovery_id, seen_attempt }: Asked,
  opening: Opening,
): Promise<Pressed | null> {
  const { charge, recovery } = context;
  if (charge.state === 'succeeded') return { outcome: 'paid' };
  if (isTerminal('charge', charge.state) || charge.close_requested_at !== null) return closed;
  if (charge.state === 'needs_review' || charge.state === 'pending') return { outcome: 'processing' };
  if (recovery === null || recovery.id !== recovery_id || recovery.expires_at <= context.now) return closed;
  const attempt = openAttemptOf(context);
  if (attempt?.state === 'awaiting_customer') return existingRedirect(deps, context);
  if (attempt !== null) return { outcome: isBeingSent(context, attempt) ? 'twin' : 'processing' };
  // What the customer saw when they pressed has been answered since: this press asked for that, not for one more.
  if (seen_attempt !== undefined && newestNumber(context) > seen_attempt) return { outcome: 'processing' };
  if (!context.charging_enabled || context.run_gate !== null) return { outcome: 'unsent' };
  if (opening.kind === 'replacement' && !mayChargeReplacement(context, opening.method)) return closed;
  const kind = opening.kind === 'press' ? 'on_session' : 'off_session';
  return confirmsLeft(context, kind, deps.timings) === 0 ? closed : null;
}

const newestNumber = ({ attempts }: ChargeContext): number => attempts.at(-1)?.number ?? 0;

/** Its answer is a matter of seconds. Once that is lost it may take hours, and nobody waits for it at a page. */
function isBeingSent({ charge }: ChargeContext, attempt: Attempt): boolean {
  return attempt.state === 'open' && charge.state === 'in_flight';
}

/** A second press goes to the bank page that is already waiting; it never confirms again. */
async function existingRedirect(deps: Dependencies, context: ChargeContext): Promise<Pressed> {
  const id = context.charge.stripe_payment_intent_id ?? '';
  const answer = await retrieveRedirect(deps.stripe, id);
  if (answer.kind !== 'ok') return { outcome: 'unsent' };
  const { snapshot, redirect_url } = answer.value;
  if (snapshot.status === 'requires_action' && redirect_url !== null)
    return { outcome: 'redirect', url: redirect_url };
  const fact: ChargeFact = { fact: 'payment_intent', snapshot, key: null, current: true };
  await applyChargeFact(deps, context.charge.id, fact, { carrier: 'customer', reference: 'press', context });
  return { outcome: snapshot.status === 'succeeded' ? 'paid' : 'processing' };
}

async function openAndSend(
  deps: Dependencies,
  context: ChargeContext,
  opening: Opening,
  lease: Lease,
  sending: PressProgress,
): Promise<Pressed> {
  const read = await readBeforeOpening(deps, context, lease);
  if (read.read === 'left') {
    // To wait is the customer's, who may press again: an automatic try that is to come keeps its time.
    if (read.outcome.outcome !== 'wait') await writeOutcome(deps, lease, read.outcome);
    // Without Stripe's answer there is nothing new to tell.
    return { outcome: read.outcome.outcome === 'done' ? 'processing' : 'unsent' };
  }
  const lane = opening.kind === 'press' ? 'person' : 'recovery';
  await deps.pacer.acquire('payment_intents.confirm', lane, lease.signal);
  sending.may_be_sent = true;
  const opened = await openAttempt(deps, context, opening, read.intent, lease);
  if (opened === null) {
    sending.may_be_sent = false;
    return { outcome: 'unsent' };
  }
  const answer = await confirmAttempt(deps, opened.context, opened.attempt, lease, { resending: false });
  return pressedOf(answer);
}

function pressedOf(answer: Answer<Confirmed>): Pressed {
  switch (answer.kind) {
    case 'ok': {
      const { snapshot, redirect_url } = answer.value;
      if (snapshot.status === 'succeeded') return { outcome: 'paid' };
      if (redirect_url !== null) return { outcome: 'redirect', url: redirect_url };
      return { outcome: 'processing' };
    }
    case 'declined':
    case 'refused':
      return { outcome: 'declined' };
    case 'not_executed':
    case 'indeterminate':
      return { outcome: 'processing' };
    default:
      return unreachable(answer);
  }
}
