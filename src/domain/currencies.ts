/**
 * Currencies as data: those that Stripe takes, how it counts them, and between which bounds. Codes are in lower case, as
 * Stripe takes them. The page behind all of it is docs.stripe.com/currencies; its sections are named below.
 */

/** How a currency is counted: decimals by ISO 4217, decimals of Stripe's `amount`, steps and bounds of that amount. */
export type Currency = {
  readonly code: string;
  readonly iso_exponent: 0 | 2 | 3;
  /** `amount_minor` counts in this many decimals: what Stripe's API takes and answers. */
  readonly stripe_exponent: 0 | 2 | 3;
  /** Stripe refuses amounts that are not a multiple of this. */
  readonly step_minor: 1 | 10 | 100;
  readonly minimum_minor: number;
  readonly maximum_minor: number;
};

// "Supported presentment currencies", copies of 2024 and 2025; `xcg` has come to it since. The API names the same when it
// refuses another: "Invalid currency: … Your account currently supports these currencies: …". ISO 4217 has more, and no
// longer has `std` and `ang`. Which of them an account may use depends on its country: the rest Stripe refuses itself.
const EXPONENT_0 = 'bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf';
const EXPONENT_2 =
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve ' +
  'czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak ' +
  'lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln ' +
  'qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd xcg ' +
  'yer zar zmw';
const EXPONENT_3 = 'bhd jod kwd omr tnd';

// Earlier releases took these too, which are on ISO's list alone. Rows with them can still be shown.
const SHOWN_EXPONENT_0 = 'uyi';
const SHOWN_EXPONENT_2 =
  'bov btn che chw cou cup ern ghs irr kpw mru mxv sdg ssp stn svc syp tmt usn ved ves xad zwg';
const SHOWN_EXPONENT_3 = 'iqd lyd';

/**
 * Where Stripe counts otherwise than ISO ("zero-decimal currencies" and "special cases"): the ariary has no decimals;
 * krónur and Ugandan shillings keep two, which must be 00, for old programs' sake. HUF and TWD need multiples of 100 in
 * manual payouts only, never in charges.
 */
const STRIPE_DIFFERS: Readonly<Record<string, Pick<Currency, 'stripe_exponent' | 'step_minor'>>> = {
  mga: { stripe_exponent: 0, step_minor: 1 },
  isk: { stripe_exponent: 2, step_minor: 100 },
  ugx: { stripe_exponent: 2, step_minor: 100 },
};

/**
 * "Maximum charge amounts": twelve digits for rupiah, whatever the method. Eight for all others is what every method and
 * network takes; for cards the page has allowed more since 2026, and the API reference still says eight.
 */
const MAXIMUM_MINOR: Readonly<Record<string, number>> = { idr: 999_999_999_999 };
const MAXIMUM_ELSEWHERE_MINOR = 99_999_999;

/**
 * "Minimum charge amount by currency", in minor units, copies of 2025 and 2026. They hold where the currency is also the one Stripe pays out in; else Stripe
 * converts, and may still refuse with `amount_too_small`.
 */
const MINIMUM_MINOR: Readonly<Record<string, number>> = {
  aed: 200,
  ars: 50,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  cop: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  idr: 50,
  ils: 50,
  inr: 50,
  jpy: 50,
  krw: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  php: 50,
  pln: 200,
  ron: 200,
  rub: 50,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
  zar: 50,
};

/**
 * Assumption for currencies without a documented minimum: 0.50 of the main unit, 50 where there are no
 * decimals, like Stripe's own figures for most. Nothing is converted: rates are not ours to guess.
 */
const MINIMUM_UNDOCUMENTED_MINOR = { 0: 50, 2: 50, 3: 500 } as const;

function row(code: string, iso_exponent: 0 | 2 | 3): [string, Currency] {
  // Stripe: "require the least-significant (last) digit to be 0" for three decimals.
  const step_minor = iso_exponent === 3 ? 10 : 1;
  const counted = { stripe_exponent: iso_exponent, step_minor, ...STRIPE_DIFFERS[code] } as const;
  const minimum_minor = MINIMUM_MINOR[code] ?? MINIMUM_UNDOCUMENTED_MINOR[counted.stripe_exponent];
  return [
    code,
    {
      code,
      iso_exponent,
      ...counted,
      minimum_minor: Math.max(minimum_minor, counted.step_minor),
      maximum_minor: MAXIMUM_MINOR[code] ?? MAXIMUM_ELSEWHERE_MINOR,
    },
  ];
}

function rows(codes: string, iso_exponent: 0 | 2 | 3): [string, Currency][] {
  return codes.split(' ').map((code) => row(code, iso_exponent));
}

/** Every currency that can be charged, by its lower-case code. */
export const CURRENCIES: ReadonlyMap<string, Currency> = new Map([
  ...rows(EXPONENT_0, 0),
  ...rows(EXPONENT_2, 2),
  ...rows(EXPONENT_3, 3),
]);

/** Those, and what rows of earlier releases may name besides. */
export const SHOWN_CURRENCIES: ReadonlyMap<string, Currency> = new Map([
  ...CURRENCIES,
  ...rows(SHOWN_EXPONENT_0, 0),
  ...rows(SHOWN_EXPONENT_2, 2),
  ...rows(SHOWN_EXPONENT_3, 3),
]);

/** The largest amount that any currency allows: what the database holds amounts to. */
export const LARGEST_MAXIMUM_MINOR = Math.max(...[...CURRENCIES.values()].map((one) => one.maximum_minor));
