import { invalid } from './http/errors.ts';

/** The presentment currencies of https://docs.stripe.com/currencies; the account's country is not looked at. */
const SUPPORTED =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp ' +
  'cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk ' +
  'jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn ' +
  'nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std ' +
  'szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw';
const CODES: ReadonlySet<string> = new Set(SUPPORTED.split(' '));

/** Amounts that must end in this many zeros: "three-decimal currencies" and "special cases" of the same page. */
const STEPS: Readonly<Record<string, number>> = {
  bhd: 10,
  jod: 10,
  kwd: 10,
  omr: 10,
  tnd: 10,
  isk: 100,
  ugx: 100,
};

/** The smallest is 0.50 USD or so in other currencies [U]. */
const MIN_AMOUNT = 50;
/** Twelve digits for IDR, eight for all others: what every method takes. Some cards take more. */
const maxAmount = (currency: string) => (currency === 'idr' ? 999_999_999_999 : 99_999_999);

/** A lower-case code of a currency that Stripe takes, else 400 as recorded: no code, and the whole list. */
export function readCurrency(sent: string): string {
  const currency = sent.toLowerCase();
  if (CODES.has(currency)) return currency;
  const list = SUPPORTED.replaceAll(' ', ', ');
  throw invalid(
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${list}`,
    'currency',
  );
}

/** Stripe's smallest and largest amount of the currency, in minor units, and its step. */
export function refuseAmount(amount: number, currency: string): void {
  if (amount <= 0) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  const max = maxAmount(currency);
  if (amount < MIN_AMOUNT)
    throw invalid(`Amount must be at least ${MIN_AMOUNT}.`, 'amount', 'amount_too_small');
  if (amount > max) throw invalid(`Amount must be no more than ${max}.`, 'amount', 'amount_too_large');
  const step = STEPS[currency] ?? 1;
  if (amount % step === 0) return;
  // [U]: the page states the rule, and no recording shows its refusal.
  throw invalid(`Amounts in ${currency} must be divisible by ${step}.`, 'amount');
}
