/**
 * Currencies as data: ISO 4217's exponents, where Stripe's differ, and Stripe's minimum charges.
 * Codes are in lower case, as Stripe takes them.
 */

/** How a currency is counted: decimals by ISO 4217, decimals of Stripe's `amount`, steps of that amount. */
export type Currency = {
  readonly code: string;
  readonly iso_exponent: 0 | 2 | 3;
  /** `amount_minor` counts in this many decimals: what Stripe's API takes and answers. */
  readonly stripe_exponent: 0 | 2 | 3;
  /** Stripe refuses amounts that are not a multiple of this. */
  readonly step_minor: 1 | 10 | 100;
  readonly minimum_minor: number;
};

// ISO 4217 list one (SIX), by minor unit. `ang` and `bgn` were withdrawn in 2025 and 2026 and are kept for
// amounts that were agreed before. Without a row, hence unknown: metals, funds and test codes, which have no
// minor unit, and `clf` and `uyw`, whose four decimals Stripe's API cannot express.
const ISO_EXPONENT_0 = 'bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf';
const ISO_EXPONENT_2 =
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob bov brl bsd btn bwp byn bzd cad cdf che ' +
  'chf chw cny cop cou crc cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl ' +
  'htg huf idr ils inr irr jmd kes kgs khr kpw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur ' +
  'mvr mwk mxn mxv myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek ' +
  'sgd shp sle sos srd ssp stn svc syp szl thb tjs tmt top try ttd twd tzs uah usd usn uyu uzs ved ves wst xad ' +
  'xcd xcg yer zar zmw zwg';
const ISO_EXPONENT_3 = 'bhd iqd jod kwd lyd omr tnd';

/**
 * Where Stripe counts otherwise than ISO (docs.stripe.com/currencies, "zero-decimal" and "special cases"):
 * the ariary has no decimals; krónur and Ugandan shillings keep two, which must be 00, for old programs' sake.
 * HUF and TWD need multiples of 100 in manual payouts only, never in charges.
 */
const STRIPE_DIFFERS: Readonly<Record<string, Pick<Currency, 'stripe_exponent' | 'step_minor'>>> = {
  mga: { stripe_exponent: 0, step_minor: 1 },
  isk: { stripe_exponent: 2, step_minor: 100 },
  ugx: { stripe_exponent: 2, step_minor: 100 },
};

/**
 * Stripe's minimum charges in minor units (docs.stripe.com/currencies, "minimum and maximum charge amounts",
 * copies of 2025 and 2026). They hold where the currency is also the one Stripe pays out in; else Stripe
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
    { code, iso_exponent, ...counted, minimum_minor: Math.max(minimum_minor, counted.step_minor) },
  ];
}

/** Every currency that can be charged, by its lower-case code. */
export const CURRENCIES: ReadonlyMap<string, Currency> = new Map([
  ...ISO_EXPONENT_0.split(' ').map((code) => row(code, 0)),
  ...ISO_EXPONENT_2.split(' ').map((code) => row(code, 2)),
  ...ISO_EXPONENT_3.split(' ').map((code) => row(code, 3)),
]);
