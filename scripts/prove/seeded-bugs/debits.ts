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
        file: 'src/store/customer/payment-methods.ts',
        find: " and state = 'usable'\n    returning id`;\n  return rows.length > 0;",
        replace: " and state = 'detaching'\n    returning id`;\n  return rows.length > 0;",
      },
    ],
    check: integration('debits/refused-debits', 'a mandate that ends by itself takes its method out of use'),
  },
];
