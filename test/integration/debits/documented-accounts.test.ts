/**
 * Every account that Stripe documents for SEPA, BECS and Bacs, from its setup by the API to where its charge ends. What must
 * come of each is written by hand, from https://docs.stripe.com/testing, /payments/sepa-debit, /payments/au-becs-debit and
 * /payments/payment-methods/bacs-debit; how often a debit is repeated, from the rules of the schemes.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { type Life, lived, type Scheme } from './documented-lives.ts';

type Row = readonly [account: string, what: string, end: Partial<Life>];

/** How often the money is asked for where the reason is one that time may cure. */
const TRIES = 3;

const SUCCEEDS: Partial<Life> = {
  ...{ status: 'succeeded', asks: null, confirms: 1, successes: 1, attempts: ['succeeded'], disputes: [] },
  ...{ is_mailed: false, told: ['charge.succeeded'], mandates_told: 0, method: 'usable', mandate: 'active' },
};
const DISPUTED: Partial<Life> = {
  ...SUCCEEDS,
  disputes: ['lost'],
  told: ['charge.disputed', 'charge.succeeded'],
};
/** Its customer can mend it, with another account or a card. */
const ASKS: Partial<Life> = {
  ...{ status: 'requires_action', asks: 'replace', confirms: 1, successes: 0, attempts: ['declined'] },
  ...{ is_mailed: true, told: ['charge.attempt_failed', 'charge.requires_action'], mandate: 'active' },
};
const ASKS_FOR_A_MANDATE: Partial<Life> = {
  ...ASKS,
  ...{ method: 'unusable', mandate: 'inactive', mandates_told: 1 },
};
const REPEATED: Partial<Life> = { ...ASKS, confirms: TRIES, attempts: Array(TRIES).fill('declined') };
/** A limit of the merchant's at Stripe: nobody else can mend it, and nobody else is told. */
const MERCHANTS: Partial<Life> = {
  ...{ status: 'failed', detail: 'merchant_action', asks: null, confirms: 1, successes: 0 },
  ...{ attempts: ['declined'], is_mailed: false, told: ['charge.attempt_failed', 'charge.failed'] },
};
const SEPA: readonly Row[] = [
  ['DE89370400440532013000', 'success', SUCCEEDS],
  ['DE08370400440532013003', 'success, after three minutes', SUCCEEDS],
  ['DE62370400440532013001', 'failed, for no reason that is named', ASKS],
  ['DE78370400440532013004', 'failed, after three minutes', ASKS],
  ['DE35370400440532013002', 'disputed', DISPUTED],
  ['DE65370400440000343434', 'above the weekly volume', MERCHANTS],
  ['DE27370400440000121212', 'above the weekly number', MERCHANTS],
  ['DE65370400440002222227', 'without the funds', REPEATED],
  ['NL39RABO0300065264', 'success, of the Netherlands', SUCCEEDS],
  ['NL91ABNA0417164300', 'failed, of the Netherlands', ASKS],
  ['NL82RABO0300065266', 'disputed, of the Netherlands', DISPUTED],
  ['NL27RABO0002222227', 'without the funds, of the Netherlands', REPEATED],
];

const BECS: readonly Row[] = [
  ['000123456', 'success', SUCCEEDS],
  ['900123456', 'success, after three minutes', SUCCEEDS],
  ['111111113', 'account closed', ASKS_FOR_A_MANDATE],
  ['111111116', 'no account', ASKS_FOR_A_MANDATE],
  ['222222227', 'refer to customer', REPEATED],
  ['922222227', 'refer to customer, after three minutes', REPEATED],
  ['333333335', 'debit not authorised', ASKS_FOR_A_MANDATE],
  ['666666660', 'disputed', DISPUTED],
  ['343434343', 'above the weekly limit', MERCHANTS],
  ['121212121', 'above the limit of one debit', MERCHANTS],
];

/** Its bank has confirmed the mandate first. */
const confirmed = (end: Partial<Life>): Partial<Life> => ({
  ...end,
  mandates_told: (end.mandates_told ?? 0) + 1,
});

const BACS: readonly Row[] = [
  ['00012345', 'success', confirmed(SUCCEEDS)],
  ['90012345', 'success, after three minutes', confirmed(SUCCEEDS)],
  ['33333335', 'debit not authorised', confirmed(ASKS_FOR_A_MANDATE)],
  ['93333335', 'debit not authorised, after three minutes', confirmed(ASKS_FOR_A_MANDATE)],
  ['22222227', 'without the funds', confirmed(REPEATED)],
  ['92222227', 'without the funds, after three minutes', confirmed(REPEATED)],
  ['55555559', 'disputed', confirmed(DISPUTED)],
  ['34343434', 'above the weekly limit', confirmed(MERCHANTS)],
  ['12121212', 'above the limit of one debit', confirmed(MERCHANTS)],
  [
    '00033333',
    'whose bank refuses the mandate, is never debited',
    {
      ...{ setup: { status: 'succeeded', code: null }, status: 'requires_action', asks: 'replace' },
      ...{
        confirms: 0,
        successes: 0,
        attempts: [],
        is_mailed: true,
        method: 'unusable',
        mandate: 'inactive',
      },
    },
  ],
  [
    '00044444',
    'that is none, is told to its customer, who may type another',
    {
      setup: { status: 'awaiting_customer', code: 'account_number_invalid' },
      ...{ status: null, confirms: 0, is_mailed: false, method: null, mandate: null },
    },
  ],
];

const rows = (type: Scheme, of: readonly Row[]) =>
  of.map(([account, what, end]) => ({ type, account, what, end }));
const ALL = [...rows('sepa_debit', SEPA), ...rows('au_becs_debit', BECS), ...rows('bacs_debit', BACS)];

let api: ApiWorld;
let inbox: Inbox;
let lives: readonly Life[];

beforeAll(async () => {
  inbox = await startInbox();
  api = await createApiWorld({
    smtp: { host: '127.0.0.1', port: Number(new URL(inbox.smtp_url).port) },
    simulator: { clock: 'manual' },
  });
  lives = await lived(api, inbox, ALL);
}, 180_000);
afterAll(async () => {
  await api.close();
  await inbox.close();
});

describe('an account that Stripe documents ends as its page says', () => {
  test.each(ALL.map((row, at) => [row.type, row.account, row.what, at] as const))('%s %s: %s', (...row) => {
    const at = row[3];
    expect(lives[at]).toMatchObject(ALL[at]?.end ?? {});
  });
});
