/** What Stripe's objects say beside their error: a debit's charge, its mandate, a customer who is gone. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

export const debits: readonly Mutation[] = [
  {
    name: 'a failed debit is decided by an error that says only that it failed',
    edits: [
      {
        file: 'src/domain/decline/failed-debit.ts',
        find: 'failure_code: latest_failure_code ?? null };',
        replace: 'failure_code: isOthers ? (latest_failure_code ?? null) : null };',
      },
    ],
    check: integration('debits/failed-debits', 'insufficient_funds: is presented again twice'),
  },
  {
    name: 'a debit that failed without a reason is tried again',
    edits: [
      {
        file: 'src/domain/decline/declines.ts',
        find: 'codes.failure_code === undefined ? DEFAULT_DECLINE : DEFAULT_FAILED_DEBIT',
        replace: 'codes.failure_code === codes.code ? DEFAULT_FAILED_DEBIT : DEFAULT_DECLINE',
      },
    ],
    check: unit('domain/declines', 'a failed debit whose charge says a_reason_of_next_year'),
  },
  {
    name: 'a debit is decided by the charge of an earlier attempt',
    edits: [
      {
        file: 'src/domain/decline/failed-debit.ts',
        find: 'if (latest_charge === null || isOthers)',
        replace: 'if (latest_charge === null)',
      },
    ],
    check: unit('domain/settle-charge', 'is not decided by the charge of an earlier attempt'),
  },
  {
    name: 'the mandate of a debit that was refused is not read',
    edits: [
      {
        file: 'src/billing/charge/look-into-refusal.ts',
        find: 'return needsMandate(check.payment_method.type)',
        replace: "return needsMandate('card')",
      },
    ],
    check: integration('debits/refused-debits', 'its mandate has ended, and the customer is asked'),
  },
  {
    name: 'a debit without any mandate is mended by its customer',
    edits: [
      {
        file: 'src/billing/charge/confirm-answer.ts',
        find: "reason: 'merchant_mistake', code: 'mandate_missing'",
        replace: "reason: 'payment_method_unusable', code: 'mandate_missing'",
      },
    ],
    check: integration(
      'intake/method-fit',
      'a debit without a mandate, where Stripe does not say that it is that',
    ),
  },
  {
    name: 'a method that is gone with its customer is asked for anew',
    edits: [
      {
        file: 'src/billing/charge/confirm-answer.ts',
        find: '      await seeIfDeleted(deps, customer, key);\n',
        replace: '',
      },
    ],
    check: integration('methods/deleted-customer', 'is seen at the retry, if no event tells of it'),
  },
  {
    name: 'a charge of a deleted customer waits for a person',
    edits: [
      {
        file: 'src/billing/charge/create-payment-intent.ts',
        find: "code !== 'resource_missing' || stripe_customer_id === null",
        replace: "code !== '' || stripe_customer_id === null",
      },
    ],
    check: integration('methods/deleted-customer', 'of which nothing was bound yet, and parks nothing'),
  },
  {
    name: 'the mandate of an event is not followed',
    edits: [
      {
        file: 'src/store/customer/mandates.ts',
        find: "and (state = 'usable' or mandate_status is distinct from 'inactive')",
        replace: "and state = 'detaching'",
      },
    ],
    check: integration('debits/refused-debits', 'a mandate that ends by itself takes its method out of use'),
  },
  {
    name: 'a debit is sent before its bank has confirmed the mandate',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: "method.usable && method.mandate_status === 'pending'",
        replace: "method.usable && method.mandate_status === 'inactive'",
      },
    ],
    check: integration('debits/debit-setups', 'waits, and is debited once the bank has'),
  },
  {
    name: 'a charge that waits for a mandate is woken by nothing',
    edits: [
      {
        file: 'src/store/customer/mandates.ts',
        find: "c.cause_reference = 'mandate_pending'",
        replace: "c.cause_reference = 'nothing'",
      },
    ],
    check: integration('debits/debit-setups', 'waits, and is debited once the bank has'),
  },
  {
    name: 'a mandate whose event was lost is believed to be pending for ever',
    edits: [
      {
        file: 'src/billing/charge/look-at-mandate.ts',
        find: "  return status === 'pending'\n",
        replace: "  return method.mandate_status === 'pending'\n",
      },
    ],
    check: integration(
      'debits/debit-setups',
      'and whose event was lost, is read when the charge is next due',
    ),
  },
  {
    name: 'a debit that Stripe refuses for a pending mandate is for a person',
    edits: [
      {
        file: 'src/billing/charge/look-into-refusal.ts',
        find: "return { seen: 'mandate_pending' };",
        replace: "return { seen: 'nothing' };",
      },
    ],
    check: integration('debits/debits-once', 'is looked into; the charge waits for the bank'),
  },
  {
    name: 'an account whose mandate its bank has refused is saved as good',
    edits: [
      {
        file: 'src/store/setup/save-method.ts',
        find: "mandate?.status === 'inactive'}",
        replace: "mandate?.status === 'active' && in_time === null}",
      },
    ],
    check: integration('debits/debit-setups', 'that was refused before its setup was seen to succeed'),
  },
  {
    name: 'a method whose mandate has ended is accepted by its merchant',
    edits: [
      {
        file: 'src/store/customer/payment-method-changes.ts',
        find: "f.state = 'unusable' and f.consented and f.permits",
        replace: "f.state = 'unusable' and f.consented",
      },
    ],
    check: integration('debits/debit-setups', 'and which the bank refuses, asks for another method'),
  },
  {
    name: 'a method whose mandate has ended is adopted',
    edits: [
      {
        file: 'src/billing/customer/adopt-payment-method.ts',
        find: "read.value.status === 'inactive'",
        replace: "read.value.status === 'pending'",
      },
    ],
    check: integration('debits/debit-setups', 'a method whose mandate has ended is not adopted'),
  },
  {
    name: 'who paid by debit is offered a card alone',
    edits: [
      {
        file: 'src/store/recovery/replacements.ts',
        find: "then array[next.failed_type, 'card']",
        replace: "then array['card']",
      },
    ],
    check: integration('debits/debits-once', 'is paid from another account under a new mandate'),
  },
  {
    name: 'an agreement that covers no absence is enough for debits',
    edits: [
      {
        file: 'src/api/schemas/setup.ts',
        find: "scope === 'on_session' ? ['consent', 'scope'] : null",
        replace: 'null',
      },
    ],
    check: integration('api/api-setups', 'for debits that an on-session consent covers'),
  },
  {
    name: 'what is known of an account outlives its mandate',
    edits: [
      {
        file: 'migrations/0029_bank_accounts.sql',
        find: 'new.bank_last4 := null;',
        replace: '',
      },
    ],
    check: integration('debits/debit-setups', 'goes with its mandate'),
  },
  {
    name: 'what merchants were told of an account outlives its owner',
    edits: [
      {
        file: 'migrations/0029_bank_accounts.sql',
        find: "#- '{method,bank_last4}'",
        replace: '',
      },
    ],
    check: integration('debits/debit-setups', 'goes with its mandate'),
  },
];
