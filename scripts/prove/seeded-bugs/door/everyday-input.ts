/** What people send every day, and the guesses that would refuse it or let harm through. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const CURRENCIES = 'src/domain/currencies.ts';
const CARDS = 'src/api/card-number.ts';
const TEXT = 'src/api/schemas/clean-text.ts';
const EVERYDAY = 'intake/everyday-text';
const STAMP = 'intake/accepted-at';
const FIT = 'src/store/charge/method-fit.ts';
const METHOD_FIT = 'intake/method-fit';

export const everydayInput: readonly Mutation[] = [
  {
    name: 'rupiah are refused above eight digits',
    edits: [{ file: CURRENCIES, find: '{ idr: 999_999_999_999 }', replace: '{ idr: 99_999_999 }' }],
    check: integration('intake/amounts', 'a million rupiah'),
  },
  {
    name: 'an amount between two steps of its currency is sent to Stripe',
    edits: [
      {
        file: 'src/domain/money.ts',
        find: 'amount_minor % known.step_minor !== 0',
        replace: 'amount_minor % known.step_minor < 0',
      },
    ],
    check: unit('domain/money', 'takes kwd in thousandths that end in 0'),
  },
  {
    name: 'a currency that ISO lists and Stripe does not take is taken in',
    edits: [
      {
        file: 'src/domain/money.ts',
        find: 'const known = CURRENCIES.get(currency);',
        replace: 'const known = SHOWN_CURRENCIES.get(currency);',
      },
    ],
    check: integration('intake/amounts', '5000 kpw: currency_unknown'),
  },
  {
    name: 'a rental period is taken for a card number',
    edits: [{ file: CARDS, find: ' && !PERIOD.test(digits)', replace: '' }],
    check: unit('api/card-number', 'rental periods, however they are written'),
  },
  {
    name: 'an IBAN is taken for a card number',
    edits: [{ file: CARDS, find: 'return remainder === 1;', replace: 'return remainder > 97;' }],
    check: unit(
      'api/card-number',
      'account numbers by ISO 13616, in groups of four or unbroken, with words behind them',
    ),
  },
  {
    name: 'a card number with invisible characters between its digits is kept',
    edits: [{ file: CARDS, find: ".replace(INVISIBLE, '')", replace: '' }],
    check: unit(
      'api/card-number',
      'the numbers of every network are found in each of its groupings, between any separators',
    ),
  },
  {
    name: 'blanks around a reference make it another one',
    edits: [{ file: TEXT, find: 'return cleanLabel(text).trim();', replace: 'return cleanLabel(text);' }],
    check: integration(
      EVERYDAY,
      'a charge is asked for by its reference once, with blanks around it or without',
    ),
  },
  {
    name: 'a mark of direction that nothing closes is kept',
    edits: [{ file: TEXT, find: "(paired.has(at) ? mark : '')", replace: 'mark' }],
    check: unit('api/clean-text', 'of an embedding that nothing ends'),
  },
  {
    name: 'an override of direction is kept if something closes it',
    edits: [
      {
        file: TEXT,
        find: 'if (opened === undefined || OVERRIDES.includes(opened.mark)) return;',
        replace: 'if (opened === undefined) return;',
      },
    ],
    check: unit('api/clean-text', 'of an override, also with its end'),
  },
  {
    name: 'an international domain is refused',
    edits: [{ file: TEXT, find: 'return domainToASCII(domain) || domain;', replace: 'return domain;' }],
    check: integration(EVERYDAY, 'an international domain'),
  },
  {
    name: 'Stripe is told an address that it may refuse with the customer',
    edits: [
      {
        file: 'src/stripe/customers.ts',
        find: 'return MAILBOX.test(email) ? email : null;',
        replace: 'return email;',
      },
    ],
    check: integration('stripe/stripe-setups', 'is made without it, and found again: a..b@docomo.example'),
  },
  {
    name: 'a request that is asked for again with a new stamp is another one',
    edits: [{ file: 'src/api/idempotency.ts', find: 'body: withoutStamp(body)', replace: 'body' }],
    check: integration(
      STAMP,
      'asked for again with another accepted_at is the first one, whose evidence stands',
    ),
  },
  {
    name: 'what an earlier release took in is not recognised',
    edits: [
      {
        file: 'src/store/door/intake.ts',
        find: '[request.request_hash, request.earlier_hash]',
        replace: '[request.request_hash]',
      },
    ],
    check: integration(STAMP, 'that an earlier release took in is recognised by what was sent'),
  },
  {
    name: 'a debit is taken in whatever its currency',
    edits: [{ file: FIT, find: "then 'currency_unfit'", replace: 'then null' }],
    check: integration(METHOD_FIT, 'a SEPA debit in dollars'),
  },
  {
    name: 'a debit is taken in without a mandate',
    edits: [{ file: FIT, find: "then 'mandate_missing'", replace: 'then null' }],
    check: integration(METHOD_FIT, 'a SEPA debit without a mandate'),
  },
  {
    name: 'the mandate that was found for a debit is forgotten',
    edits: [
      {
        file: 'src/store/customer/adoption.ts',
        find: 'bankValues(sql, method, adoption.mandate_id, adoption.mandate)',
        replace: 'bankValues(sql, method, null, adoption.mandate)',
      },
    ],
    check: integration(METHOD_FIT, 'that came by a setup'),
  },
  {
    name: 'a wrong currency asks the customer for another card',
    edits: [
      {
        file: 'src/stripe/classify.ts',
        find: "['payment_method_currency_mismatch', 'currency_refused']",
        replace: "['payment_method_currency_mismatch', 'payment_method_unusable']",
      },
    ],
    check: integration(METHOD_FIT, 'a SEPA debit in dollars'),
  },
  {
    name: 'a mandate that never was asks the customer for another method',
    edits: [
      {
        file: 'src/billing/charge/look-into-refusal.ts',
        find: "if (mandate_id === null) return { seen: 'mandate_missing' };",
        replace: "if (mandate_id === null) return { seen: 'method_gone', code: 'mandate_missing' };",
      },
    ],
    check: integration(METHOD_FIT, 'a debit without a mandate'),
  },
  {
    name: 'a mandate that only Stripe knows of is one that never was',
    edits: [
      {
        file: 'src/billing/charge/look-into-refusal.ts',
        find: 'known ?? found?.value ?? null;',
        replace: 'known;',
      },
    ],
    check: integration(METHOD_FIT, 'but a mandate that has ended asks its customer for another method'),
  },
];
