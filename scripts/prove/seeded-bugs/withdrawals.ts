// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** Permission, its limits and its withdrawal. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

const NOTICES = 'migrations/0027_debit_notices.sql';

const PERMISSION = 'migrations/0003_permission.sql';
const ZONES = 'migrations/0010_time_zone.sql';
const MONTHS = 'migrations/0016_terms.sql';

export const withdrawals: readonly Mutation[] = [
  {
    name: 'an attempt is sent again with a method that was taken off file',
    edits: [
      { file: 'src/domain/charge/decide-charge.ts', find: 'attempt.method_usable && ', replace: '' },
      { file: NOTICES, find: "\n        and coalesce(m.state = 'usable', false)", replace: '' },
    ],
    check: integration('charge/withdrawals', 'is not, once its card was taken off file'),
  },
  {
    name: 'the kill switch does not wait for what is being let go',
    edits: [{ file: PERMISSION, find: '  perform pg_advisory_xact_lock(charging_lock());\n', replace: '' }],
    check: integration(
      'charge/withdrawals',
      'the kill switch, after it has read: nothing opens after its answer',
    ),
  },
  {
    name: 'an opening does not hold its method',
    edits: [
      {
        file: NOTICES,
        find: '  perform 1 from payment_methods m where m.id = any(p_methods) order by m.id for share;\n',
        replace: '',
      },
    ],
    check: integration(
      'charge/withdrawals',
      'a detachment, after it has read: nothing opens after its answer',
    ),
  },
  {
    name: 'a method is told detached while an attempt with it may still arrive',
    edits: [
      {
        file: PERMISSION,
        find: "then 'withdrawn' else 'detaching' end,",
        replace: "then 'detaching' else 'detaching' end,",
      },
    ],
    check: integration('charge/withdrawals', 'is not, once its card was taken off file'),
  },
  {
    name: 'what a withdrawal names is what a lease still runs for',
    edits: [
      {
        file: 'src/store/charge/in-flight.ts',
        find: "eq(charge_attempts.state, 'open')))",
        replace: "eq(charge_attempts.state, 'open'), sql`lease_until > clock_timestamp()`))",
      },
    ],
    check: integration('charge/withdrawals', 'what is on the wire is named'),
  },
  {
    name: 'a cancel that found nothing to close is acknowledged as if it had',
    edits: [
      {
        file: 'src/billing/charge/cancel-charge.ts',
        find: "if (charge.close_requested_at !== null) return { outcome: 'requested' };",
        replace: "return { outcome: 'requested' };",
      },
    ],
    check: integration('charge/withdrawals', 'a cancel between whose two looks'),
  },
  {
    name: 'a revocation leaves charges under review alone',
    edits: [
      {
        file: PERMISSION,
        find: "where c.consent_id = any(p_ids) and c.state <> 'pending'),",
        replace: "where c.consent_id = any(p_ids) and c.state not in ('pending', 'needs_review')),",
      },
    ],
    check: integration('charge/protocol-consents', 'stops a charge that waits for a person, too'),
  },
  {
    name: 'the first create of a customer is forgotten by each sending',
    edits: [
      {
        file: 'src/store/customer/customer-binding.ts',
        find: 'create_opened_at = coalesce(c.create_opened_at, dc_now())',
        replace: 'create_opened_at = dc_now()',
      },
    ],
    check: integration('setup/creates-kept', 'keeps the time of the first sending'),
  },
  {
    name: 'the first create of a setup is forgotten by each sending',
    edits: [
      {
        file: 'src/store/setup/setups.ts',
        find: 'create_opened_at = coalesce(s.create_opened_at, dc_now())',
        replace: 'create_opened_at = dc_now()',
      },
    ],
    check: integration('setup/creates-kept', 'so does a setup'),
  },
  {
    name: 'a method saved after its consent was revoked becomes usable',
    edits: [
      {
        file: 'src/store/setup/save-method.ts',
        find: "    when n.revoked_at is not null then 'consent_revoked'\n",
        replace: '',
      },
    ],
    check: integration('setup/setup-methods', 'is on file and not usable'),
  },
  {
    name: 'two charges are both the last that a consent covers',
    edits: [
      {
        file: PERMISSION,
        find: 'where n.id = v_consent and n.max_charges is null and n.max_amount_minor is null for share;',
        replace: 'where n.id = v_consent for share;',
      },
    ],
    check: integration('charge/protocol-consents', 'covers as many charges as it says'),
  },
  {
    name: "a customer's months begin in Greenwich",
    edits: [{ file: MONTHS, find: "coalesce(c.time_zone, 'UTC') as zone", replace: "'UTC' as zone" }],
    check: integration('charge/protocol-consents', 'covers the month where the customer lives'),
  },
  {
    name: 'a customer lives where this database knows no clock',
    edits: [{ file: ZONES, find: 'return false;', replace: 'return true;' }],
    check: integration('api/api-customers', 'in a time zone that only this Node knows is refused'),
  },
  {
    name: 'a month under a consent counts the day of asking',
    edits: [
      {
        file: MONTHS,
        find: "date_trunc('month', coalesce(c.scheduled_for, c.created_at), u.zone)",
        replace: "date_trunc('month', c.created_at, u.zone)",
      },
    ],
    check: integration('charge/protocol-consents', 'covers the sum of a calendar month'),
  },
  {
    name: 'a consent that has ended still permits what waits',
    edits: [
      {
        file: 'src/store/charge/charge-context.ts',
        find: "when co.until <= (select dc_now()) then 'consent_expired' end",
        replace: 'end',
      },
    ],
    check: integration('charge/protocol-consents', 'ends at its time'),
  },
  {
    name: 'a charge is taken in for a stopped customer',
    edits: [
      {
        file: 'src/store/charge/charge-intake.ts',
        find: "          when (select is_stopped from payer) then 'customer_stopped'\n",
        replace: '',
      },
    ],
    check: integration('charge/withdrawals', 'is charged for nothing'),
  },
  {
    name: 'the key of a verb is kept, whichever life of the server it was done in',
    edits: [
      {
        file: 'src/store/door/idempotency-keys.ts',
        find: 'where database_life() = ${life}',
        replace: 'where ${life}::text is not null',
      },
      {
        file: 'src/store/door/idempotency-keys.ts',
        find: 'select database_life() = ${life} as is_same',
        replace: 'select true as is_same',
      },
    ],
    check: integration('api/api-interrupted', 'a cancel that a failover forgets'),
  },
];
