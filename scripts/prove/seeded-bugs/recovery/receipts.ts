// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** Receipts: of what has been paid and stayed paid, to whom it concerns, once. And how a merchant looks to those who get them. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const SQL = 'migrations/0031_receipts.sql';
const BRAND = 'src/recovery/words/brand.ts';
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
  bug(
    'what is written on a merchant’s colour is always white',
    BRAND,
    "contrastOf('#ffffff', color) >= TEXT_MIN ? '#ffffff' : '#000000'",
    "contrastOf('#ffffff', color) >= 0 ? '#ffffff' : '#000000'",
    unit('recovery/brand', 'text on any colour can be read'),
  ),
  bug(
    'a page with a logo loads images from anywhere',
    'src/recovery/page/page-guard.ts',
    '`img-src ${new URL(brand.logo_url).origin}`',
    "'img-src https:'",
    unit('recovery/brand', 'images of the logo’s origin alone'),
  ),
  bug(
    'a colour brings whatever a style sheet can say',
    'src/platform/config-values.ts',
    '/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i',
    '/^#(?:[0-9a-f]{3}|[0-9a-f]{6})/i',
    unit('platform/merchant-config', 'refuses MERCHANT_COLOR=#ffffff;}body{display:none'),
  ),
];
