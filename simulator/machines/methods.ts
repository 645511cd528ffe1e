import { addressOf } from '../debits/holder.ts';
import { bankAccountOfToken, type SchemeAccount } from '../debits/schemes.ts';
import { type Decline, declineOf } from '../declines.ts';
import { emit } from '../events/emit.ts';
import { conflict, type ErrorBody, missing, notFound } from '../http/errors.ts';
import type { BillingDetails } from '../http/shapes.ts';
import { type Card, cardOfToken } from '../magic.ts';
import { buildBankMethod, buildCardMethod, type CardExpiry } from '../objects/payment-method.ts';
import { change, insert } from '../world/table.ts';
import type { Context, PaymentMethodRow } from '../world/world.ts';
import { cardRefused } from './refusals.ts';

/** The data of a new payment method. */
export type MethodSource =
  | { kind: 'card'; card: Card; expiry: CardExpiry }
  | { kind: 'bank'; bank: SchemeAccount };

export interface MethodExtras {
  billing_details?: Partial<BillingDetails> | undefined;
  metadata?: Record<string, string> | undefined;
  allow_redisplay?: 'always' | 'limited' | 'unspecified' | undefined;
}

const NOBODY: BillingDetails = { address: null, email: null, name: null, phone: null, tax_id: null };
const NO_EXPIRY: CardExpiry = { exp_month: undefined, exp_year: undefined };

/** Makes a payment method that belongs to no customer yet. */
export function makeMethod(
  context: Context,
  source: MethodSource,
  extras: MethodExtras = {},
): PaymentMethodRow {
  const fields = {
    id: context.account.random.id('pm_1', 23),
    created: context.world.clock.seconds(),
    billing_details: { ...NOBODY, ...extras.billing_details },
    metadata: extras.metadata ?? {},
    allow_redisplay: extras.allow_redisplay ?? 'unspecified',
  } as const;
  const value =
    source.kind === 'card'
      ? buildCardMethod(fields, source.card, source.expiry, context.world.options.fingerprints)
      : buildBankMethod(fields, source.bank, context.world.options.fingerprints);
  return insert(context.account.paymentMethods, {
    value,
    behaviour: source,
    setUpFor: null,
    mandate: null,
    spent: false,
    script: [],
  });
}

/** The method with an id. A test token such as `pm_card_visa` makes a fresh one at every use. */
function findMethod(context: Context, id: string): PaymentMethodRow | undefined {
  const known = context.account.paymentMethods.byId.get(id);
  if (known !== undefined) return known;
  const card = cardOfToken(id);
  if (card !== undefined) return makeMethod(context, { kind: 'card', card, expiry: NO_EXPIRY });
  const bank = bankAccountOfToken(id);
  if (bank === undefined) return undefined;
  return makeMethod(context, { kind: 'bank', bank }, { billing_details: { address: addressOf(bank) } });
}

/** The method named in the path, or 404. */
export function methodInPath(context: Context, id: string): PaymentMethodRow {
  const row = findMethod(context, id);
  if (row === undefined) throw notFound('PaymentMethod', id, 'payment_method');
  return row;
}

/** The method named in a parameter, or 400. */
export function methodInParam(context: Context, id: string, param = 'payment_method'): PaymentMethodRow {
  const row = findMethod(context, id);
  if (row === undefined) throw missing('PaymentMethod', id, param);
  return row;
}

/**
 * Whether a method may be used for `customer`: attached to them, or fresh. 400 otherwise, which for a method that is used
 * up names neither a code nor a parameter (recorded in live mode, May 2023). `embedded` is the intent that was confirmed.
 */
export function refuseForeignMethod(
  row: PaymentMethodRow,
  customer: string | null,
  embedded: Pick<ErrorBody, 'payment_intent' | 'setup_intent'> = {},
): void {
  const { id, customer: owner } = row.value;
  if (row.spent) {
    const message =
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
      'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To ' +
      'use a PaymentMethod multiple times, you must attach it to a Customer first.';
    throw conflict(undefined, message, embedded);
  }
  if (owner === null || owner === customer) return;
  if (customer !== null) {
    const message = `The PaymentMethod ${id} does not belong to the Customer ${customer}.`;
    throw conflict(undefined, message, { param: 'payment_method', ...embedded });
  }
  const message =
    'The payment method you provided is attached to a customer so for security purposes you must provide the customer ' +
    'in the request.';
  throw conflict('parameter_missing', message, { param: 'source', ...embedded });
}

/** Saves the method to the customer. Saving it where it already is changes nothing. */
export function attach(context: Context, row: PaymentMethodRow, customer: string): void {
  if (row.value.customer === customer) return;
  emit(context, 'payment_method.attached', change(row, { customer }));
}

/** 402 for a card that its issuer does not allow to be saved. */
export function refuseUnattachable(context: Context, row: PaymentMethodRow): void {
  const { behaviour } = row;
  if (behaviour.kind === 'bank' || behaviour.card.attach === 'ok') return;
  const decline: Decline = declineOf(behaviour.card.attach);
  throw cardRefused(context.world.options, decline, {});
}
