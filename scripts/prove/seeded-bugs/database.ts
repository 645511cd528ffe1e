// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** The last wall: indexes, checks and triggers, removed from both schema and migration; and reconcile, behind it. */
import type { Edit, Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

const TABLES = 'migrations/0000_baseline.sql';
const EVENTS = 'migrations/0023_events.sql';
const OPERATOR = 'migrations/0005_operator_actions.sql';
const CHARGES = 'src/store/schema/charges.ts';

const wall = (what: string) => integration('charge/unique-walls', what);

/** A unique index becomes a plain one. */
const plainIndex = (name: string): Edit => ({
  file: TABLES,
  find: `create unique index ${name} `,
  replace: `create index ${name} `,
});

/** Removes a constraint, with the text before it. */
const without = (constraint: string): Edit => ({ file: TABLES, find: constraint, replace: '' });

export const database: readonly Mutation[] = [
  {
    name: 'no index for one open attempt',
    edits: [
      plainIndex('charge_attempts_one_open_key'),
      {
        file: CHARGES,
        find: "uniqueIndex('charge_attempts_one_open_key')",
        replace: "index('charge_attempts_one_open_key')",
      },
    ],
    check: wall('a second attempt beside an open one'),
  },
  {
    name: 'no index for one PaymentIntent per charge',
    edits: [
      without(' constraint charges_stripe_payment_intent_id_key unique'),
      { file: CHARGES, find: ".unique('charges_stripe_payment_intent_id_key')", replace: '' },
    ],
    check: wall('one PaymentIntent for two charges'),
  },
  {
    name: 'no index for one live recovery',
    edits: [
      plainIndex('recoveries_one_live_key'),
      {
        file: 'src/store/schema/recoveries.ts',
        find: "uniqueIndex('recoveries_one_live_key')",
        replace: "index('recoveries_one_live_key')",
      },
    ],
    check: wall('a second live recovery of a charge'),
  },
  {
    name: 'no index for one attempt per key',
    edits: [
      without(' constraint charge_attempts_idempotency_key_key unique'),
      { file: CHARGES, find: ".unique('charge_attempts_idempotency_key_key')", replace: '' },
    ],
    check: wall('the key of another attempt'),
  },
  {
    name: 'no index for one object per Idempotency-Key',
    edits: [
      without(',\n  constraint idempotency_keys_pkey primary key (route, key)'),
      {
        file: 'src/store/schema/operations.ts',
        find: "    primaryKey({ name: 'idempotency_keys_pkey', columns: [t.route, t.key] }),\n",
        replace: '',
      },
    ],
    check: wall('one Idempotency-Key for two objects'),
  },
  {
    name: 'no index for a one-time consent',
    edits: [
      plainIndex('charges_one_time_consent_key'),
      {
        file: CHARGES,
        find: "uniqueIndex('charges_one_time_consent_key')",
        replace: "index('charges_one_time_consent_key')",
      },
    ],
    check: wall('a one-time consent for two charges'),
  },
  {
    name: 'no index for a reference',
    edits: [
      plainIndex('charges_reference_key'),
      {
        file: CHARGES,
        find: "uniqueIndex('charges_reference_key')",
        replace: "index('charges_reference_key')",
      },
    ],
    check: wall('one reference for two charges'),
  },
  {
    name: 'the check of a success passes on NULL',
    edits: [
      {
        file: OPERATOR,
        find: 'amount_received_minor is not null and amount_received_minor = coalesce(accepted_minor, amount_minor)',
        replace: 'not (amount_received_minor <> coalesce(accepted_minor, amount_minor))',
      },
      {
        file: CHARGES,
        find: 'amount_received_minor is not null and amount_received_minor = coalesce(accepted_minor, amount_minor)',
        replace: 'not (amount_received_minor <> coalesce(accepted_minor, amount_minor))',
      },
    ],
    check: wall('success of which no amount is known'),
  },
  {
    name: 'no check that failed is proven',
    edits: [
      {
        file: OPERATOR,
        find: 'stripe_payment_intent_id is null or payment_intent_canceled_at is not null',
        replace: 'true',
      },
      {
        file: CHARGES,
        find: 'stripe_payment_intent_id is null or payment_intent_canceled_at is not null',
        replace: 'true',
      },
    ],
    check: integration(
      'charge/charge-statements',
      'the database refuses success of another amount, and failure',
    ),
  },
  {
    name: 'the amount of a charge may change',
    edits: [
      {
        file: 'migrations/0016_terms.sql',
        find: 'if new.amount_minor <> old.amount_minor\n     and',
        replace: 'if false and',
      },
    ],
    check: integration('charge/charge-statements', 'the database refuses to change what was agreed'),
  },
  {
    name: 'settling drops the notification',
    edits: [
      { file: EVENTS, find: 'where s.born is not null;', replace: 'where s.born is not null and false;' },
    ],
    check: integration('charge/charge-statements', 'writes a fact once, whoever brings it again'),
  },
  {
    name: 'reconcile does not compare amounts',
    edits: [
      {
        file: 'src/domain/reconciliation.ts',
        find:
          "  if (charge.accepted_minor === null && intent.amount_minor !== charge.amount_minor) return 'amount_differs';\n" +
          "  if (paid && intent.amount_received_minor !== charge.amount_received_minor) return 'amount_differs';\n",
        replace: '',
      },
    ],
    check: integration(
      'janitor/reconcile-invariants',
      'amount_differs (amount and amount received are the same',
    ),
  },
  {
    name: 'reconcile allows two open attempts',
    edits: [
      {
        file: 'src/store/janitor/invariants.ts',
        find: "'processing') and ${touched(sql, since)}\n    group by c.id having count(*) > 1`",
        replace: "'processing') and ${touched(sql, since)}\n    group by c.id having count(*) > 2`",
      },
    ],
    check: integration('janitor/reconcile-invariants', 'two_open_attempts (a charge has at most one'),
  },
];
