/**
 * Adopts a method that was saved at Stripe before we were there, with the consent that the merchant can show for it.
 */

import { needsMandate } from '../../domain/charge/method-fit.ts';
import { lacksAddress } from '../../domain/debit/schemes.ts';
import { type AdoptionRefusal, insertAdoption } from '../../store/customer/adoption.ts';
import type { NewConsent } from '../../store/customer/consent-intake.ts';
import { type KeyedRequest, readIdempotencyKey } from '../../store/door/idempotency-keys.ts';
import { replay } from '../../store/door/intake.ts';
import { type Rows, readRow } from '../../store/work/obligations.ts';
import { findMandate } from '../../stripe/find-mandate.ts';
import { retrieveMandate } from '../../stripe/mandates.ts';
import { checkAttached } from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';

export type AdoptionRequest = {
  readonly customer_id: string;
  readonly stripe_payment_method_id: string;
  readonly consent: NewConsent;
  /** The merchant's Idempotency-Key, kept by the statement that adopts. */
  readonly keyed: KeyedRequest | null;
  readonly cause_reference: string | null;
};

/**
 * - `adopted`: on file, and usable unless the consent's evidence is still to be collected. Adopting a method of the
 *   same customer again gives it the new consent.
 * - `replayed`, `mismatch`: what the Idempotency-Key stood for.
 * - `refused`: see `AdoptionRefusal`; `not_attached`: Stripe does not know it as this customer's. `mandate_ended`:
 *   its holder must agree to debits anew. `mandate_missing`: neither Stripe nor our row knows that they ever did. `address_missing`: its scheme asks for
 *   its holder's address.
 * - `unavailable`: Stripe did not answer; nothing was written.
 */
type MethodRefusal = 'not_attached' | 'mandate_missing' | 'mandate_ended' | 'address_missing';

export type AdoptionOutcome =
  | { readonly outcome: 'adopted'; readonly payment_method: Rows['payment_method'] }
  | { readonly outcome: 'replayed'; readonly entity_id: string; readonly status_code: number }
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'refused'; readonly refusal: AdoptionRefusal | MethodRefusal }
  | { readonly outcome: 'unavailable' };

/** Adopts a method. A PaymentMethod does not say what it was set up for, so its `usage` is what the consent covers. */
export async function adoptPaymentMethod(
  deps: Dependencies,
  request: AdoptionRequest,
): Promise<AdoptionOutcome> {
  const prior = request.keyed === null ? null : (await readIdempotencyKey(deps.sql, request.keyed)).prior;
  if (prior !== null && request.keyed !== null) return replay(prior, request.keyed);
  const customer = await readRow(deps.sql, 'customer', request.customer_id);
  if (customer === null) return { outcome: 'refused', refusal: 'customer_unknown' };
  if (customer.forgotten_at !== null) return { outcome: 'refused', refusal: 'customer_erased' };
  if (customer.stripe_customer_id === null) return { outcome: 'refused', refusal: 'customer_unbound' };
  const check = await checkAttached(deps.stripe, {
    payment_method: request.stripe_payment_method_id,
    customer: customer.stripe_customer_id,
  });
  if (check.kind === 'unknown') return { outcome: 'unavailable' };
  if (check.kind === 'not_attached') return { outcome: 'refused', refusal: 'not_attached' };
  const { payment_method: method } = check;
  const is_debit = needsMandate(method.type);
  const mandate = is_debit
    ? await findMandate(deps.stripe, { payment_method: method.id, customer: customer.stripe_customer_id })
    : null;
  if (mandate !== null && mandate.kind !== 'ok') return { outcome: 'unavailable' };
  // Stripe lists none; one that a payment long ago has brought may be known here alone.
  const known = is_debit ? await readRow(deps.sql, 'payment_method', method.id) : null;
  const mandate_id = mandate?.value ?? known?.mandate_id ?? null;
  if (is_debit && mandate_id === null) return { outcome: 'refused', refusal: 'mandate_missing' };
  if (lacksAddress(method.type, method.bank?.country ?? null, method))
    return { outcome: 'refused', refusal: 'address_missing' };
  const read = mandate_id === null ? null : judgeRead(await retrieveMandate(deps.stripe, mandate_id));
  if (read?.kind === 'unanswered') return { outcome: 'unavailable' };
  if (read !== null && (read.kind === 'refused' || read.value.status === 'inactive'))
    return { outcome: 'refused', refusal: 'mandate_ended' };
  const found = { method, is_debit, mandate_id, mandate: read?.value ?? null };
  const adoption = { customer_id: customer.id, ...found, consent: request.consent };
  const taken = await insertAdoption(deps.sql, adoption, request.keyed, request.cause_reference);
  switch (taken.outcome) {
    case 'created':
      deps.log.info({ event: 'payment_method.adopted', customerId: customer.id });
      return { outcome: 'adopted', payment_method: taken.row };
    case 'refused':
      return { outcome: 'refused', refusal: taken.refusal };
    case 'replayed':
    case 'mismatch':
      return taken;
  }
}
