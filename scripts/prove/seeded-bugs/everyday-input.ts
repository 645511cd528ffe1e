/** What people send every day, and the guesses that would refuse it or let harm through. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const CURRENCIES = 'src/domain/currencies.ts';
const CARDS = 'src/api/card-number.ts';

export const everydayInput: readonly Mutation[] = [
  {
    name: 'rupiah are refused above eight digits',
    edits: [{ file: CURRENCIES, find: '{ idr: 999_999_999_999 }', replace: '{ idr: 99_999_999 }' }],
    check: integration('api/api-amounts', 'a million rupiah'),
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
    check: integration('api/api-amounts', '5000 kpw: currency_unknown'),
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
];
