/**
 * Brings a fact to a charge (docs/protocol.md, 5.5). The plan is pure (`src/domain/charge/settle-charge.ts`), the
 * statement compares the revision that the plan rests on, and the slower writer reads and plans again. So worker,
 * zombie, webhook and janitor may all bring the same fact at once, and it is written once.
 */
import type { BreakKind } from '../../domain/break-kinds.ts';
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { Carrier, ChargeFact, ChargePlan, Settlement } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { settleCharge } from '../../domain/charge/settle-charge.ts';
import { AppError, invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { Dependencies } from '../dependencies.ts';
import { handToPerson, parkDiffering } from './hand-to-person.ts';

export type Bringing = {
  readonly carrier: Carrier;
  /** What the timeline names: a request key, an event id, a sweep. */
  readonly reference: string | null;
  readonly request_id?: string | null;
  /**
   * What the carrier already knows of the charge; read when absent or outdated. A carrier that has read the
   * PaymentIntent must pass the charge as it was before that reading, which says nothing about an attempt that has
   * opened since.
   */
  readonly context?: ChargeContext;
  /** The lease under which we found or decided something that Stripe did not say. */
  readonly lease?: { readonly lease_number: number };
};

export type SettleDependencies = Pick<
  Dependencies,
  'sql' | 'charges' | 'timings' | 'log' | 'metrics' | 'offer'
>;

export type Brought = 'settled' | 'stale' | 'read_first' | 'parked' | 'unknown_charge';

/** More rounds than this for one row mean that something other than a race is wrong. */
const ROUNDS_MAX = 8;

/** Settles `fact` into the charge. Answers `read_first` where only a fresh GET can decide. */
export async function applyChargeFact(
  deps: SettleDependencies,
  charge_id: string,
  fact: ChargeFact,
  bringing: Bringing,
): Promise<Brought> {
  await failpoint('settle.before');
  const holder = isSaidByStripe(fact) ? null : (bringing.lease?.lease_number ?? null);
  let context = bringing.context ?? (await deps.charges.read(charge_id));
  let brought = fact;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (context === null) return 'unknown_charge';
    // Another worker took over: what this one did not hear, or looked for in vain, is for that one to find out.
    if (holder !== null && context.charge.lease_number !== holder) return 'stale';
    const settlement = settleCharge(context, brought, deps.timings);
    const result = await write(deps, context, settlement, bringing, holder, intentOf(brought));
    if (result !== 'moved') return result;
    context = await deps.charges.read(charge_id);
    brought = aged(fact);
  }
  throw new AppError('settle_contended');
}

/** Anyone may bring a fact; what the holder of a lease merely concludes needs that lease (docs/protocol.md, 4.1). */
function isSaidByStripe({ fact }: ChargeFact): boolean {
  switch (fact) {
    case 'payment_intent':
    case 'declined':
    case 'refused':
      return true;
    case 'indeterminate':
    case 'postponed':
    case 'unchanged':
    case 'abandoned':
      return false;
    default:
      return unreachable(fact);
  }
}

/** The charge moved after the PaymentIntent was read, so the reading is out of date, unless it is final at Stripe. */
function aged(fact: ChargeFact): ChargeFact {
  const status = intentOf(fact)?.status;
  const isFinal = status === 'succeeded' || status === 'canceled';
  return fact.fact === 'payment_intent' && !isFinal ? { ...fact, current: false } : fact;
}

function intentOf(fact: ChargeFact): PaymentSnapshot | null {
  return fact.fact === 'payment_intent' ? fact.snapshot : null;
}

/** Writes a plan of our own (not a fact from Stripe) under the same compare-and-set. */
export async function applyChargePlan(
  deps: Dependencies,
  context: ChargeContext,
  plan: ChargePlan,
  bringing: Bringing,
): Promise<Brought | 'moved'> {
  const holder = bringing.lease?.lease_number ?? null;
  return write(deps, context, { settle: 'apply', plan }, bringing, holder, null);
}

async function write(
  deps: SettleDependencies,
  context: ChargeContext,
  settlement: Settlement,
  bringing: Bringing,
  holder: number | null,
  intent: PaymentSnapshot | null,
): Promise<Brought | 'moved'> {
  switch (settlement.settle) {
    case 'stale':
    case 'read_first':
      return settlement.settle;
    case 'break':
      await park(deps, context, settlement.kind, settlement.park, bringing);
      return 'parked';
    case 'differs':
      invariant(intent !== null, 'only_a_payment_intent_differs');
      await parkDiffering(deps, context, intent, settlement.differs, { cause: bringing.carrier });
      return 'parked';
    case 'apply':
      return writePlan(deps, context, settlement.plan, bringing, holder);
    default:
      return unreachable(settlement);
  }
}

async function writePlan(
  deps: SettleDependencies,
  context: ChargeContext,
  plan: ChargePlan,
  bringing: Bringing,
  holder: number | null,
): Promise<Brought | 'moved'> {
  const { charge } = context;
  const result = await deps.charges.settle({
    charge_id: charge.id,
    revision: charge.revision,
    lease_number: holder,
    plan,
    cause: bringing.carrier,
    cause_reference: bringing.reference,
    stripe_request_id: bringing.request_id ?? null,
  });
  await failpoint('settle.after_effect');
  if (result === 'moved') return 'moved';
  if (result === 'refused') {
    // The machine has no arrow for what was planned: only a person can say what it means.
    await park(deps, context, 'illegal_transition', true, bringing);
    return 'parked';
  }
  deps.log.info({
    event: 'charge.settled',
    chargeId: charge.id,
    fromState: charge.state,
    toState: plan.state,
    ...(plan.attempt === null ? {} : { attemptNumber: plan.attempt.number, outcome: plan.attempt.state }),
    cause: bringing.carrier,
  });
  if (plan.state === 'needs_review')
    deps.log.error({ event: 'charge.parked', chargeId: charge.id, code: plan.last_error?.code ?? 'refused' });
  if (plan.close?.detail === 'merchant_action') {
    deps.metrics.merchantActionsTotal.inc();
    const code = plan.last_error?.decline_code ?? plan.last_error?.code ?? 'refused';
    deps.log.warn({ event: 'charge.merchant_action', chargeId: charge.id, code });
  }
  if (plan.due_in_ms === 0) await deps.offer('charge', [charge.id]);
  await failpoint('settle.after');
  return 'settled';
}

async function park(
  deps: SettleDependencies,
  context: ChargeContext,
  kind: BreakKind,
  move: boolean,
  bringing: Bringing,
): Promise<void> {
  const { charge } = context;
  await handToPerson(deps, {
    charge_id: charge.id,
    kind,
    stripe_id: charge.stripe_payment_intent_id,
    observed: { state: charge.state, carrier: bringing.carrier, reference: bringing.reference },
    move,
    cause: bringing.carrier,
  });
}
