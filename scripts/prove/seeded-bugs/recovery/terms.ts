/** What a merchant rules for one charge: its retries, its mails, how long its customer has, and what the end means. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const NOTICES = 'migrations/0027_debit_notices.sql';

const RECOVERIES = 'src/store/recovery/recoveries.ts';
const STEPS = 'src/domain/recovery/recovery-steps.ts';
const DECLINE = 'src/domain/decline/decline-outcome.ts';
const MIGRATION = 'migrations/0016_terms.sql';

export const terms: readonly Mutation[] = [
  {
    name: 'a pledge whose time is over fails like a bill',
    edits: [
      {
        file: RECOVERIES,
        find: "case o.on_expiry when 'release' then 'canceled'",
        replace: "case o.on_expiry when 'release' then 'failed'",
      },
    ],
    check: integration('recovery/terms', 'releases a pledge: canceled, and nothing is owed'),
  },
  {
    name: 'a charge that is to be kept open closes',
    edits: [
      {
        file: RECOVERIES,
        find: " and o.on_expiry <> 'keep_open'\n      returning c.id",
        replace: '\n      returning c.id',
      },
    ],
    check: integration('recovery/terms', 'keeps a charge open, whose old link brings a new one that pays'),
  },
  {
    name: 'mails go out though the merchant wants none',
    edits: [
      { file: STEPS, find: '  if (!mails) return [];\n', replace: '  if (!mails && is_early) return [];\n' },
    ],
    check: integration('recovery/terms', 'without mails nobody is mailed'),
  },
  {
    name: 'every recovery lasts a week',
    edits: [
      {
        file: DECLINE,
        find: 'termsOf(charge.terms, policy).deadline_days * DAY_MS',
        replace: 'termsOf(null, policy).deadline_days * DAY_MS',
      },
    ],
    check: integration('recovery/terms', 'a deadline of the merchant'),
  },
  {
    name: 'retries go on past the merchant’s days',
    edits: [
      {
        file: 'src/domain/decline/retry-schedule.ts',
        find: 'delays[Math.max(0, automatic_attempts_used - 1)]',
        replace: 'delays[Math.min(Math.max(0, automatic_attempts_used - 1), delays.length - 1)]',
      },
    ],
    check: unit('domain/retry-schedule', 'end with their last delay'),
  },
  {
    name: 'the next try does not come once the customer was told early',
    edits: [
      {
        file: 'src/domain/charge/waking.ts',
        find: '  if (isBesideRetries(context)) return null;\n',
        replace: '',
      },
      { file: 'src/domain/charge/waking.ts', find: '  isBesideRetries,\n', replace: '' },
    ],
    check: integration('recovery/terms', 'tells of the next try, which comes all the same'),
  },
  {
    name: 'tries go on behind the back of a customer who was told early and pressed',
    edits: [
      {
        file: 'src/domain/charge/charge.ts',
        find: "recovery?.is_early === true && isOwn && attempts.every(({ kind }) => kind === 'off_session')",
        replace: 'recovery?.is_early === true && isOwn',
      },
      {
        file: DECLINE,
        find: "attempt.kind === 'on_session' || isAsked || context.charge.future_use_at !== null",
        replace: "(attempt.kind === 'on_session' && context.recovery === null) || isAsked",
      },
    ],
    check: integration('recovery/terms', 'after the customer’s own press nothing is tried behind their back'),
  },
  {
    name: 'a press that Stripe does not answer brings the automatic try forward',
    edits: [
      {
        file: 'src/billing/recovery/press.ts',
        find: "    if (read.outcome.outcome !== 'wait') await writeOutcome",
        replace: '    await writeOutcome',
      },
    ],
    check: integration('recovery/terms', 'a press that Stripe does not answer leaves the next try its time'),
  },
  {
    name: 'an early recovery never begins the customer’s own time',
    edits: [
      {
        file: DECLINE,
        find: 'const begins_for_ms = recovery.is_early ? expires_in_ms : null;',
        replace: 'const begins_for_ms = recovery.is_early && expires_in_ms < 0 ? expires_in_ms : null;',
      },
    ],
    check: integration('recovery/terms', 'tells of the next try, which comes all the same'),
  },
  {
    name: 'a link that is mailed again ends the one before',
    edits: [
      {
        file: 'src/api/routes/recovery.ts',
        find: 'request.body?.revoke_earlier === true',
        replace: 'request.body?.revoke_earlier !== true',
      },
    ],
    check: integration('intake/charge-terms', 'is mailed again with the same link'),
  },
  {
    name: 'a worker that has read the old amount keeps the charge',
    edits: [
      {
        file: NOTICES,
        find: "    claim_token = null, lease_until = null, offered_at = null, revision = c.revision + 1,\n    cause = 'api'",
        replace: "    offered_at = null, revision = c.revision + 1,\n    cause = 'api'",
      },
      {
        file: MIGRATION,
        find: ' or old.lease_until > clock_timestamp() and new.lease_until is not null',
        replace: '',
      },
    ],
    check: integration('intake/charge-terms', 'takes the charge from a worker that has read it as it was'),
  },
  {
    name: 'a changed charge counts twice under its consent',
    edits: [
      {
        file: NOTICES,
        find: 'greatest(v_due, dc_now()), p_charge)',
        replace: 'greatest(v_due, dc_now()), null)',
      },
    ],
    check: integration('intake/charge-terms', 'counts under the consent as the charge itself does, once'),
  },
  {
    name: 'the amount changes though a create may be at Stripe',
    edits: [
      {
        file: NOTICES,
        find: "     or v_charge.create_opened_at is not null or v_charge.stripe_payment_intent_id is not null then\n    return 'begun';",
        replace: "     or v_charge.stripe_payment_intent_id is not null then\n    return 'begun';",
      },
      {
        file: MIGRATION,
        find: 'old.create_number > 1 or old.create_opened_at is not null',
        replace: 'old.create_number > 1',
      },
    ],
    check: integration('intake/charge-terms', 'is refused once something of it may be at Stripe'),
  },
  {
    name: 'the wall lets the amount of a charge change that has begun',
    edits: [
      {
        file: MIGRATION,
        find: "     and (old.state <> 'queued' or",
        replace: "     and false and (old.state <> 'queued' or",
      },
    ],
    check: integration(
      'intake/charge-terms',
      'never reaches the database’s amount of a charge that has begun',
    ),
  },
  {
    name: 'a new address does not mend a recovery whose mails came back',
    edits: [
      {
        file: 'src/store/customer/customer-changes.ts',
        find: 'where before.id = w.id and before.email <> w.email',
        replace: 'where before.id = w.id and before.email = w.email',
      },
    ],
    check: integration('recovery/terms', 'an address that refuses mails shows'),
  },
];
