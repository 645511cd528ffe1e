/** Keys, PaymentIntents and the opening of attempts: how a double charge begins. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const NOTICES = 'migrations/0027_debit_notices.sql';

const CONFIRM = 'src/billing/charge/confirm-attempt.ts';
const OPENING = 'src/store/charge/open-attempt.ts';

export const attempts: readonly Mutation[] = [
  {
    name: 'a fresh key for each run',
    edits: [
      {
        file: CONFIRM,
        find: '{ id, key: attempt.idempotency_key,',
        replace:
          "{ id, key: buildKey({ row: context.charge.id, verb: 'confirm', n: 100 + lease.lease_number }),",
      },
    ],
    check: integration('charge/charge-unknown', 'hang_after at confirm leaves the outcome unknown'),
  },
  {
    name: 'created and confirmed in one call',
    edits: [
      {
        file: 'src/stripe/payment-intents.ts',
        find: '  readonly payment_method_type: string;\n',
        replace: '  readonly payment_method_type: string;\n  readonly payment_method?: string;\n',
      },
      {
        file: 'src/stripe/payment-intents.ts',
        find: '          metadata: { ...wanted.metadata },\n',
        replace:
          '          metadata: { ...wanted.metadata },\n' +
          '          ...(wanted.payment_method === undefined ? {} :\n' +
          '            { payment_method: wanted.payment_method, confirm: true, off_session: true }),\n',
      },
      {
        file: 'src/billing/charge/create-payment-intent.ts',
        find: '      payment_method_type: createTypeOf(context),\n',
        replace:
          '      payment_method_type: createTypeOf(context),\n      payment_method: context.method.id,\n',
      },
    ],
    check: integration('charge/charge-closing', 'after a create whose answer was lost: no money is taken'),
  },
  {
    name: 'sent before it is written ahead',
    edits: [
      {
        file: CONFIRM,
        find: '  const opened = await openAttempt(deps, context, opening, read.intent, lease);\n',
        replace:
          "  const method = opening.kind === 'own_method' ? context.method : opening.method;\n" +
          '  const n = (context.attempts.at(-1)?.number ?? 0) + 1;\n' +
          "  const key = buildKey({ row: context.charge.id, verb: 'confirm', n });\n" +
          '  const body = bodyOf(context, opening, method, read.intent);\n' +
          '  const sending = { id: read.intent.id, key, body, api_version: STRIPE_API_VERSION };\n' +
          '  await confirmPaymentIntent(deps.stripe, sending, { signal: lease.signal });\n' +
          '  const opened = await openAttempt(deps, context, opening, read.intent, lease);\n',
      },
    ],
    check: unit('model/protocol-model', 'no schedule breaks a promise'),
  },
  {
    name: 'no bind guard',
    edits: [
      { file: OPENING, find: 'and (l.bound is null or l.bound = l.payment_intent_id)', replace: '' },
      {
        file: 'migrations/0016_terms.sql',
        find: "raise exception 'a PaymentIntent is already bound' using errcode = 'DC003';",
        replace: 'null;',
      },
    ],
    check: integration('charge/charge-statements', 'refuses another PaymentIntent than the bound one'),
  },
  {
    name: 'an unanswered attempt is resumed under the next number',
    edits: [
      {
        file: 'src/domain/charge/unanswered-attempt.ts',
        find: "state: closing ? 'closing' : 'unknown',\n        due_in_ms: fact.replayed",
        replace: "state: closing ? 'closing' : 'retry_wait',\n        due_in_ms: fact.replayed",
      },
      {
        file: 'src/domain/charge/unanswered-attempt.ts',
        find: "attempt: noted(attempt, fact.replayed ? 'replayed_error' : 'sent'),",
        replace: "attempt: ended(attempt, 'lost', null),",
      },
    ],
    check: integration('charge/charge-unknown', 'reset_after at confirm leaves the outcome unknown'),
  },
  {
    name: 'a key is sent again after 23 hours',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: 'attempt.replayed_error_at === null && age_ms < policy.resendWindowHours * HOUR_MS',
        replace: 'attempt.replayed_error_at === null && age_ms >= 0',
      },
    ],
    check: integration('charge/charge-unknown', 'an attempt past its key is looked for; never executed'),
  },
  {
    name: 'an attempt opens beside another',
    edits: [
      {
        file: OPENING,
        find: ' and not b.is_unresolved',
        replace: '',
      },
      {
        file: OPENING,
        find: "and b.state in ('queued', 'retry_wait', 'action_required')",
        replace: "and b.state in ('queued', 'retry_wait', 'action_required', 'in_flight')",
      },
      {
        file: 'migrations/0000_baseline.sql',
        find: 'create unique index charge_attempts_one_open_key',
        replace: 'create index charge_attempts_one_open_key',
      },
    ],
    check: integration('charge/charge-statements', 'never opens a second beside the first'),
  },
  {
    name: 'the opening does not read the wish to close again',
    edits: [
      {
        file: OPENING,
        find: 'where l.held and l.close_requested_at is null',
        replace: 'where l.held',
      },
      {
        file: OPENING,
        find: "and l.state in ('queued', 'in_flight', 'unknown', 'retry_wait', 'action_required')",
        replace: "and l.state not in ('succeeded', 'failed', 'canceled')",
      },
    ],
    check: integration('work/protocol-leases', 'sees a wish to close that was accepted while it waited'),
  },
  {
    name: 'the opening does not read the consent again',
    edits: [
      {
        file: NOTICES,
        find: "n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null\n                     and (n.until",
        replace: '(n.until',
      },
    ],
    check: integration(
      'charge/charge-statements',
      'reads close request, consent, method and kill switch again',
    ),
  },
  {
    name: 'the opening does not read the kill switch again',
    edits: [
      {
        file: NOTICES,
        find: 'i.charging_enabled and c.close_requested_at is null',
        replace: 'c.close_requested_at is null',
      },
    ],
    check: integration('charge/protocol-charging', 'nor is it sent again once charging was switched off'),
  },
  {
    name: 'the kill switch does not keep an attempt from being sent again',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: "  if (!context.charging_enabled) return { do: 'read', attempt };\n",
        replace: '',
      },
    ],
    check: integration(
      'charge/protocol-charging',
      'leaves an unanswered attempt to be read, never sent again',
    ),
  },
  {
    name: 'a retry counts twice',
    edits: [
      {
        file: 'src/domain/decline/decline-outcome.ts',
        find: 'automatic_attempts_used: automaticAttempts(context.attempts),',
        replace: 'automatic_attempts_used: 2 * automaticAttempts(context.attempts),',
      },
    ],
    check: integration('charge/protocol-charging', 'of a soft decline come after 1, 3 and 7 days'),
  },
  {
    name: 'payment_method_types is sent',
    edits: [
      {
        file: 'src/stripe/payment-intents.ts',
        find: 'allowed_payment_method_types: [wanted.payment_method_type],',
        replace: '...({ payment_method_types: [wanted.payment_method_type] } as object),',
      },
    ],
    check: integration('charge/charge-outcomes', 'charges a saved card once'),
  },
  {
    name: 'the SDK retries by itself',
    edits: [
      {
        file: 'src/stripe/client.ts',
        find: '{ ...options, authenticator, maxNetworkRetries: 0 }',
        replace: '{ ...options, authenticator, maxNetworkRetries: 2 }',
      },
    ],
    check: unit('stripe/client', 'twice is indeterminate'),
  },
];
