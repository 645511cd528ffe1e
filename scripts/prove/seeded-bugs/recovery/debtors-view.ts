/** What people see of debits, the mails that a mandate owes, and charges whose default becomes a debit or is none any more. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const FOLLOWING = 'debits/following-debits';
const MAILS = 'debits/mandate-mails';
const MAIL_STORE = 'src/store/customer/mandate-mails.ts';
const PAGE = 'src/recovery/page/page-answers.tsx';

export const debtorsView: readonly Mutation[] = [
  {
    name: 'a charge that was planned for a debit is charged to a card before its day',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: 'untilItsDay(context) > 0 && !isCollected(context)',
        replace: 'untilItsDay(context) > Infinity && !isCollected(context)',
      },
    ],
    check: integration(FOLLOWING, 'charged on the day that was wished for and no earlier'),
  },
  {
    name: 'a default that becomes a debit is planned only when the day has come',
    edits: [
      {
        file: 'src/store/customer/waking.ts',
        find: "and (m.type <> 'card' or exists",
        replace: "and (m.type = 'none' or exists",
      },
    ],
    check: integration(FOLLOWING, 'announced in time, and collected on the day'),
  },
  {
    name: 'a charge waits for the notice of a debit that is not to come any more',
    edits: [
      {
        file: 'src/store/customer/waking.ts',
        find: ' or exists (select from notices n where n.charge_id = c.id))',
        replace: ')',
      },
    ],
    check: integration(FOLLOWING, 'charged to the card that became the default, at once'),
  },
  {
    name: 'a debit is announced that is not to come any more',
    edits: [
      {
        file: 'src/store/charge/notices.ts',
        find: 'and n.payment_method_id = case when c.follows_customer then method_of_day(u) else c.payment_method_id end\n',
        replace: '\n',
      },
    ],
    check: integration(FOLLOWING, 'taken back when the default becomes a card'),
  },
  {
    name: 'a debit is adopted without a mandate',
    edits: [
      {
        file: 'src/billing/customer/adopt-payment-method.ts',
        find: "if (is_debit && mandate_id === null) return { outcome: 'refused', refusal: 'mandate_missing' };",
        replace: '',
      },
    ],
    check: integration('intake/method-fit', 'that it got after it was refused without'),
  },
  {
    name: 'a debit is adopted without the address that its scheme asks for',
    edits: [
      {
        file: 'src/billing/customer/adopt-payment-method.ts',
        find: 'if (lacksAddress(method.type,',
        replace: "if (lacksAddress('card',",
      },
    ],
    check: integration('intake/method-fit', 'adopted once Stripe has one'),
  },
  {
    name: 'an account is charged whose holder’s address its scheme asks for and nobody has',
    edits: [
      {
        file: 'src/store/setup/save-method.ts',
        find: 'const lacks_address = lacksAddress(method.type,',
        replace: "const lacks_address = lacksAddress('card',",
      },
    ],
    check: integration('debits/debit-setups', 'is kept, and not charged where its scheme asks for one'),
  },
  {
    name: 'a merchant accepts an account without the address that its scheme asks for',
    edits: [
      {
        file: 'src/store/customer/payment-method-changes.ts',
        find: " and m.detail is distinct from 'address_missing'",
        replace: '',
      },
    ],
    check: integration('debits/debit-setups', 'is kept, and not charged where its scheme asks for one'),
  },
  {
    name: 'nobody gets the agreement that they gave',
    edits: [
      {
        file: 'src/store/setup/save-method.ts',
        find: "=== 'us';",
        replace: "=== ('nobody' as string);",
      },
    ],
    check: integration(MAILS, 'is followed by one mail with the agreement'),
  },
  {
    name: 'the agreement of whoever was stopped is mailed',
    edits: [{ file: MAIL_STORE, find: ' and u.stopped_at is null', replace: '' }],
    check: integration(MAILS, 'a customer who was stopped meanwhile gets none'),
  },
  {
    name: 'an agreement that was being mailed when its worker died is never mailed',
    edits: [{ file: MAIL_STORE, find: "in ('owed', 'sending')", replace: "= 'owed'" }],
    check: integration(MAILS, 'a worker that fails at mail.before'),
  },
  {
    name: 'another text is mailed than the one that was agreed to',
    edits: [{ file: 'src/recovery/words/mandate-mail.ts', find: 'raw.agreed ?? now', replace: 'now' }],
    check: integration(MAILS, 'what our page showed is mailed as it was shown'),
  },
  {
    name: 'a limit that Stripe has raised counts for nothing',
    edits: [
      {
        file: 'src/store/charge/method-fit.ts',
        find: 'limits[scheme.type] ?? scheme.maximum_minor',
        replace: 'Math.min(limits[scheme.type] ?? 0, 0) || scheme.maximum_minor',
      },
    ],
    check: integration('debits/late-returns', 'what Stripe grants the account besides is taken'),
  },
  {
    name: 'the page shows the account that failed while another one is debited',
    edits: [{ file: PAGE, find: "state === 'paid' || isDebitOnItsWay(row)", replace: "state === 'paid'" }],
    check: unit('recovery/debit-words', 'shows the account that is debited'),
  },
  {
    name: 'the page names a day that has passed',
    edits: [{ file: PAGE, find: 'return is_late\n', replace: 'return is_late && confirmed_at === null\n' }],
    check: unit('recovery/debit-words', 'nor one that has passed'),
  },
];
