import type Stripe from 'stripe';
import { currencyOf, DEBIT_TYPES, type DebitType, isDebit } from '../debits/schemes.ts';
import { isTargetDate } from '../debits/timing.ts';
import { invalid } from '../http/errors.ts';
import { boolean, object, oneOf, type Params, text, texts } from '../http/params.ts';
import type { Wire } from '../wire-type.ts';
import type { Context } from '../world/world.ts';

export type AllowedType = 'card' | 'link' | DebitType;

/** Which payment methods an intent offers, and whether any of them may redirect. */
export interface Offer {
  allowed_payment_method_types: AllowedType[] | null;
  automatic_payment_methods: { enabled: boolean; allow_redirects: 'always' | 'never' } | null;
}

const BUILT: readonly string[] = ['card', 'link', ...DEBIT_TYPES];

/** Types that Stripe knows and the simulator does not support: accepted, but not offered. */
const UNBUILT = new Set(
  (
    'acss_debit affirm afterpay_clearpay alipay alma amazon_pay bancontact billie blik boleto cashapp ' +
    'crypto customer_balance eps fpx giropay grabpay ideal kakao_pay klarna konbini kr_card mb_way mobilepay ' +
    'multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal paypay payto pix promptpay ' +
    'revolut_pay samsung_pay satispay sofort swish twint upi us_bank_account wechat_pay wero zip'
  ).split(' '),
);

/**
 * `allowed_payment_method_types`; null when cleared, undefined when not sent, 400 for an unknown type.
 */
export function readAllowed(params: Params): AllowedType[] | null | undefined {
  const sent = texts(params, 'allowed_payment_method_types');
  if (sent === undefined) return undefined;
  const unknown = sent.find((type) => !BUILT.includes(type) && !UNBUILT.has(type));
  if (unknown !== undefined) {
    throw invalid(`Invalid allowed_payment_method_types: ${unknown}`, 'allowed_payment_method_types');
  }
  return sent.length === 0 ? null : (sent as AllowedType[]);
}

/** The offer of a create: a list, or automatic methods, which are the default. Not both. */
export function readOffer(params: Params): Offer {
  const allowed = readAllowed(params) ?? null;
  const sent = object(params, 'automatic_payment_methods');
  const enabled = sent ? (boolean(sent, 'enabled') ?? false) : undefined;
  const redirects = sent ? (oneOf(sent, 'allow_redirects', ['always', 'never']) ?? 'always') : 'always';
  if (allowed !== null && enabled !== undefined) {
    const message = 'You may only specify one of: allowed_payment_method_types, automatic_payment_methods.';
    throw invalid(message, 'allowed_payment_method_types', 'parameters_exclusive');
  }
  if (allowed !== null) return { allowed_payment_method_types: allowed, automatic_payment_methods: null };
  return {
    allowed_payment_method_types: null,
    automatic_payment_methods: { enabled: enabled ?? true, allow_redirects: redirects },
  };
}

/**
 * The read-only `payment_method_types` that follow. Types that do not support the currency are silently dropped,
 * unless nothing would be left: then the confirm says what is wrong.
 */
export function typesOnOffer(allowed: readonly string[] | null, currency: string | null): string[] {
  const named = allowed?.filter((type) => BUILT.includes(type));
  const fitting = BUILT.filter((type) => fits(type, currency));
  if (named === undefined) return fitting;
  if (currency === null) return named;
  const narrowed = named.filter((type) => fits(type, currency));
  return narrowed.length > 0 ? narrowed : named;
}

function fits(type: string, currency: string | null): boolean {
  const only = currencyOf(type);
  return only === null || only === currency;
}

/** Settings of a payment that change what happens: of a card's, and of a debit's. */
export interface CardOptions {
  target_dates?: Readonly<Partial<Record<DebitType, string>>>;
  request_three_d_secure?: 'any' | 'automatic' | 'challenge';
  setup_credential_usage?: 'installment' | 'recurring' | 'unscheduled';
  stored_credential_usage?: 'installment' | 'recurring' | 'unscheduled';
  setup_future_usage?: 'none' | 'off_session' | 'on_session' | null;
}

const CREDENTIAL_USAGES = ['installment', 'recurring', 'unscheduled'] as const;

/**
 * `payment_method_options`, as far as the simulator supports them: the card's, and on which day a debit is wanted.
 */
export function readMethodOptions(params: Params): CardOptions {
  const options = object(params, 'payment_method_options');
  if (!options) return {};
  const read: CardOptions = {};
  const target_dates = readTargetDates(options);
  if (Object.keys(target_dates).length > 0) read.target_dates = target_dates;
  const card = object(options, 'card');
  if (!card) return read;
  const secure = oneOf(card, 'request_three_d_secure', ['any', 'automatic', 'challenge']);
  if (secure) read.request_three_d_secure = secure;
  const setup = oneOf(card, 'setup_credential_usage', CREDENTIAL_USAGES);
  if (setup) read.setup_credential_usage = setup;
  const stored = oneOf(card, 'stored_credential_usage', CREDENTIAL_USAGES);
  if (stored) read.stored_credential_usage = stored;
  const future = oneOf(card, 'setup_future_usage', ['none', 'off_session', 'on_session']);
  if (future !== undefined) read.setup_future_usage = future;
  return read;
}

function readTargetDates(options: Params): NonNullable<CardOptions['target_dates']> {
  const dates: Partial<Record<DebitType, string>> = {};
  for (const type of [...DEBIT_TYPES, 'link'] as const) {
    const inner = object(options, type);
    if (!inner) continue;
    oneOf(inner, 'setup_future_usage', ['none', 'off_session', 'on_session']);
    const date = text(inner, 'target_date');
    if (date && type !== 'link') dates[type] = date;
    const mandate = object(inner, 'mandate_options');
    if (mandate) text(mandate, 'reference_prefix');
  }
  return dates;
}

/** 400 for a day that Stripe does not take; of its wording nothing is recorded [U]. */
export function refuseTargetDates({ world }: Context, { target_dates }: CardOptions): void {
  for (const [type, date] of Object.entries(target_dates ?? {})) {
    if (isTargetDate(date, world.clock.nowMs())) continue;
    const message = 'The target date must be in the future and between 3 and 15 calendar days from now.';
    throw invalid(message, `payment_method_options[${type}][target_date]`);
  }
}

/** The PaymentIntent's `payment_method_options` with `sent` merged over what it had. */
export function paymentOptions(
  types: readonly string[],
  before: Wire<Stripe.PaymentIntent>['payment_method_options'],
  sent: CardOptions,
): Stripe.PaymentIntent.PaymentMethodOptions {
  const { setup_future_usage: future, target_dates, ...rest } = sent;
  const debits = Object.fromEntries(
    types.filter(isDebit).map((type) => [type, debitOptions(before?.[type], target_dates?.[type])]),
  );
  if (!types.includes('card')) return debits;
  const { setup_future_usage: had, ...card } = before?.card ?? PLAIN_CARD;
  const kept = future === undefined ? had : (future ?? undefined);
  return {
    card: { ...card, ...rest, ...(kept === undefined ? {} : { setup_future_usage: kept }) },
    ...debits,
  };
}

function debitOptions(had: { target_date?: string } | undefined, target_date: string | undefined) {
  return { ...had, ...(target_date === undefined ? {} : { target_date }) };
}

const PLAIN_CARD: Stripe.PaymentIntent.PaymentMethodOptions.Card = {
  installments: null,
  mandate_options: null,
  network: null,
  request_three_d_secure: 'automatic',
};
