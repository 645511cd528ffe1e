/** Receipts: of what has been paid and stayed paid, to whom it concerns, once. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration } from '../checks.ts';

const SQL = 'migrations/0031_receipts.sql';
const START = 'src/store/recovery/receipts.ts';

const receipts = (test: string) => integration('recovery/receipts', test);
const evidence = integration('refunds/evidence', 'names the receipt, on the timeline too');

const bug = (
  name: string,
  file: string,
  find: string,
  replace: string,
  check: Mutation['check'],
): Mutation => ({ name, edits: [{ file, find, replace }], check });

export const receiptBugs: readonly Mutation[] = [
  bug(
    'every payment is confirmed by mail, asked for or not',
    SQL,
    " and new.terms ->> 'receipt' = 'true')",
    ')',
    receipts('a charge whose terms say receipt: false'),
  ),
  bug(
    'a worker that knows no receipts takes one for a mail that nobody wants',
    SQL,
    "case when p.charge_id is not null then 'acted_on' when bool_or",
    'case when bool_or',
    receipts('a worker of the earlier release lets it wait'),
  ),
  bug(
    'a payment that went back whole is confirmed',
    START,
    '          and refunded_minor(c.id) < coalesce(c.amount_received_minor, c.amount_minor)\n',
    '',
    receipts('of 42.99, 4299 cents leave it suppressed'),
  ),
  bug(
    'a payment that went back in part is not confirmed',
    START,
    'refunded_minor(c.id) < coalesce(c.amount_received_minor, c.amount_minor)',
    'refunded_minor(c.id) = 0',
    receipts('of 42.99, 4298 cents leave it sent'),
  ),
  bug(
    'a debit that came back is confirmed',
    START,
    'c.returned_at is null\n',
    'true\n',
    receipts('of a debit that came back'),
  ),
  bug(
    'a receipt goes to an address that refuses our mails',
    START,
    '          and not exists (select from recoveries r where r.charge_id = c.id and r.bounced_at is not null)',
    '         ',
    receipts('to an address that has refused the mails of its charge'),
  ),
  bug(
    'whoever has lost the lease of a receipt sends it',
    START,
    ` and m.lease_number = \${receipt.lease_number}`,
    '',
    receipts('only whoever holds its lease starts it'),
  ),
  bug(
    'a receipt is not among the evidence',
    'src/store/charge/evidence.ts',
    'unionAll(steps, receipt)',
    'steps',
    evidence,
  ),
  bug(
    'a receipt that went out changes no charge of the list',
    'src/store/work/timeline.ts',
    'and(later, isNotNull(messages.charge_id))',
    'and(later, eq(messages.charge_id, sql`null`))',
    evidence,
  ),
];
