/**
 * The beginning of every payment: a row, due now or at its time. Nothing here talks to Stripe or waits for the queue;
 * once the row is committed, a worker will find it, offered or not.
 */
import { type AmountCheck, checkAmount } from '../../domain/money.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  type ChargeRefusal,
  insertCharge,
  type NewCharge,
  type TakenCharge,
} from '../../store/charge/charge-intake.ts';
import type { KeyedRequest } from '../../store/door/idempotency-keys.ts';
import type { Intake } from '../../store/door/intake.ts';
import type { Dependencies } from '../dependencies.ts';

export type AmountRefusal = Exclude<AmountCheck, 'ok'>;
export type RequestedCharge = Intake<TakenCharge, ChargeRefusal | AmountRefusal>;

/** Accepts a charge, unless the amount, the customer, the method or the consent forbids it. */
export async function requestCharge(
  deps: Dependencies,
  charge: Omit<NewCharge, 'livemode'>,
  request: KeyedRequest,
  caller: string,
): Promise<RequestedCharge> {
  const amount = checkAmount(charge.amount_minor, charge.currency);
  if (amount !== 'ok') return { outcome: 'refused', refusal: amount, existing: null };
  const { livemode } = deps.instance;
  await failpoint('intake.before');
  const taken = await insertCharge(
    deps.sql,
    { ...charge, livemode, debit_limits: deps.timings.debitLimits },
    request,
    caller,
  );
  await failpoint('intake.after_effect');
  if (taken.outcome === 'created' && !taken.row.is_scheduled) void deps.offer('charge', [taken.row.id]);
  return taken;
}
