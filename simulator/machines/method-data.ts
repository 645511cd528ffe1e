import { bankAccountOf, DEBIT_TYPES, type DebitType, schemeOf } from '../debits/schemes.ts';
import { invalid, StripeHttpError } from '../http/errors.ts';
import { absent, integer, nameIn, object, oneOf, type Params, requiredText, text } from '../http/params.ts';
import { billingDetails, type MetadataChange, mergedMetadata, metadata } from '../http/shapes.ts';
import { cardOfNumber, cardOfToken } from '../magic.ts';
import type { World } from '../world/world.ts';
import type { MethodExtras, MethodSource } from './methods.ts';

/** A payment method described in a request, not yet created. */
export interface MethodData {
  source: MethodSource;
  extras: MethodExtras;
}

const TYPES = ['card', ...DEBIT_TYPES] as const;

/** `payment_method_data`, if it was sent. */
export function readMethodDataIn(world: World, params: Params): MethodData | undefined {
  const inner = object(params, 'payment_method_data');
  return inner ? readMethodData(world, inner) : undefined;
}

/** `type`, its details, and the fields that any method has. */
export function readMethodData(world: World, params: Params): MethodData {
  const type = oneOf(params, 'type', TYPES);
  if (!type) throw absent(params, 'type');
  const sent: MetadataChange = metadata(params);
  const extras: MethodExtras = {
    billing_details: billingDetails(params),
    metadata: mergedMetadata(null, sent),
    allow_redisplay: oneOf(params, 'allow_redisplay', ['always', 'limited', 'unspecified']) ?? undefined,
  };
  const details = object(params, type);
  if (!details) throw absent(params, type);
  return { source: type === 'card' ? readCard(world, details) : readBank(type, details), extras };
}

function readBank(type: DebitType, details: Params): MethodSource {
  const { bank: branch, number } = schemeOf(type).fields;
  const isOtherBank = branch !== null && plain(requiredText(details, branch.name)) !== branch.is;
  const bank = bankAccountOf(type, requiredText(details, number.name));
  if (bank !== undefined && !isOtherBank) return { kind: 'bank', bank };
  const name = nameIn(details, isOtherBank ? (branch?.name ?? '') : number.name);
  throw invalid(`This is no test account of ${type} (docs.stripe.com/testing).`, name);
}

/** Written with or without what groups the digits. */
const plain = (code: string) => code.replaceAll(/[\s-]/g, '');

function readCard(world: World, details: Params): MethodSource {
  const token = text(details, 'token') ?? null;
  const number = text(details, 'number') ?? null;
  text(details, 'cvc');
  const expiry = { exp_month: integer(details, 'exp_month'), exp_year: integer(details, 'exp_year') };
  if (token !== null) {
    const card = cardOfToken(token);
    const param = nameIn(details, 'token');
    if (card === undefined) throw invalid(`No such token: '${token}'`, param, 'resource_missing');
    return { kind: 'card', card, expiry };
  }
  if (number === null) throw absent(details, 'number');
  const thisYear = new Date(world.clock.nowMs()).getUTCFullYear();
  if (expiry.exp_month !== undefined && (expiry.exp_month < 1 || expiry.exp_month > 12)) {
    throw badCard('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  if (expiry.exp_year !== undefined && expiry.exp_year < thisYear) {
    throw badCard('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year');
  }
  const card = cardOfNumber(number);
  if (card === undefined) throw badCard('incorrect_number', 'Your card number is incorrect.', 'number');
  return { kind: 'card', card, expiry };
}

function badCard(
  code: 'invalid_expiry_month' | 'invalid_expiry_year' | 'incorrect_number',
  message: string,
  param: string,
) {
  return new StripeHttpError(402, { type: 'card_error', code, message, param });
}
