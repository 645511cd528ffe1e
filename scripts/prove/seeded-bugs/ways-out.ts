// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** A person's word: left out, borrowed, taken for money's, or carried out twice. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const ACTIONS = 'migrations/0005_operator_actions.sql';
const DECISIONS = 'src/domain/operator-decisions.ts';

export const waysOut: readonly Mutation[] = [
  {
    name: 'what an operator said can be taken back',
    edits: [
      {
        file: ACTIONS,
        find: 'before update or delete on operator_actions',
        replace: 'before update on operator_actions',
      },
    ],
    check: integration('operate/operator-actions', 'what was said is never taken back'),
  },
  {
    name: 'an accepted amount needs no action of an operator',
    edits: [
      { file: ACTIONS, find: "(state = 'succeeded' and operator_action_id is not null)", replace: 'true' },
      {
        file: 'src/store/schema/charges.ts',
        find: "(state = 'succeeded' and operator_action_id is not null)",
        replace: 'true',
      },
    ],
    check: integration('operate/operator-actions', 'not where none was said, not on the word about another'),
  },
  {
    name: 'the word about one charge excuses another',
    edits: [{ file: ACTIONS, find: ' and a.entity_id = new.id\n', replace: '\n' }],
    check: integration('operate/operator-actions', 'not where none was said, not on the word about another'),
  },
  {
    name: 'a release closes money at Stripe on a word',
    edits: [
      {
        file: 'src/domain/break-kinds.ts',
        find: "return is_ours ? verbs.filter((verb) => verb !== 'release') : verbs;",
        replace: 'return verbs;',
      },
    ],
    check: integration('janitor/operator-money', 'is never ended by a word alone'),
  },
  {
    name: 'the kill switch is turned without a name',
    edits: [
      {
        file: 'src/store/work/operator-actions.ts',
        find: '    from ${sql(changed)}`;',
        replace: '    from ${sql(changed)} where false`;',
      },
    ],
    check: integration('operate/operator-actions', 'charging off and on'),
  },
  {
    name: 'a charge is written off while its money is at Stripe',
    edits: [
      {
        file: DECISIONS,
        find: 'if (refunded_minor >= (intent.amount_received_minor ?? 0)) return over(false);',
        replace: 'if (refunded_minor >= 0) return over(false);',
      },
    ],
    check: integration('janitor/ways-out-met', 'is not written off while the money is there'),
  },
  {
    name: 'accept writes what was asked for what was taken',
    edits: [
      {
        file: DECISIONS,
        find: "return { do: 'settle', received_minor, accepted_minor };",
        replace: "return { do: 'settle', received_minor: charge.amount_minor, accepted_minor: null };",
      },
    ],
    check: integration(
      'janitor/ways-out-met',
      'does not end by a release, and ends by a word on what was taken',
    ),
  },
  {
    name: "another customer's money is claimed",
    edits: [
      {
        file: DECISIONS,
        find: 'about.stripe_customer_id === null || intent.customer !== about.stripe_customer_id',
        replace: 'about.stripe_customer_id === null',
      },
    ],
    check: integration('janitor/operator-money', 'is not claimed for another customer, nor twice'),
  },
  {
    name: 'money that has gone back is claimed',
    edits: [
      {
        file: DECISIONS,
        find: 'if (about.refunded_minor >= intent.amount_received_minor)',
        replace: 'if (about.refunded_minor < 0)',
      },
    ],
    check: integration('janitor/operator-money', 'is not claimed once it has gone back'),
  },
  {
    name: 'money that has gone back is accepted',
    edits: [
      {
        file: DECISIONS,
        find: 'if (refunded_minor >= received_minor)',
        replace: 'if (refunded_minor < 0)',
      },
    ],
    check: integration('janitor/operator-money', 'never says paid of what has gone back'),
  },
  {
    name: 'a part that went back counts as all of it',
    edits: [
      {
        file: 'src/billing/janitor/refund-payment.ts',
        find: '  if (refunded < taken_minor) {',
        replace: '  if (refunded === 0) {',
      },
    ],
    check: integration('janitor/operator-money', 'of which a part went back by hand gives back the rest'),
  },
  {
    name: 'a refund whose answer was lost goes out under another number',
    edits: [
      {
        file: 'src/store/janitor/refund-actions.ts',
        find: 'case when is_over or asked_at <',
        replace: 'case when true or asked_at <',
      },
    ],
    check: integration('janitor/operator-money', 'that never reached Stripe goes out under the same number'),
  },
  {
    name: 'what a person knows stays known whatever Stripe says',
    edits: [
      {
        file: 'src/store/janitor/reconciliation.ts',
        find: "where a.observed ->> 'database' is not distinct from d.database\n      and ",
        replace: 'where ',
      },
    ],
    check: integration(
      'janitor/ways-out',
      'what a person knows is a difference again once a side says something',
    ),
  },
  {
    name: 'a request that is repeated after a claim has no answer',
    edits: [
      {
        file: 'src/store/charge/charge-intake.ts',
        find: 'select c.id, c.state, c.created_at from charges c where c.id = ${charge.id}) c',
        replace: 'select c.id, c.state, c.created_at from charges c where false) c',
      },
    ],
    check: integration(
      'janitor/operator-money',
      'is listed to the cent with its verbs, comes back under its id',
    ),
  },
  {
    name: 'a kind of break has no words for it',
    edits: [
      {
        file: 'src/domain/break-kinds.ts',
        find: "means: 'the customer asks the money back through their bank'",
        replace: "means: 'dispute_'",
      },
    ],
    check: unit('domain/break-kinds', 'dispute has a way out, and words for it'),
  },
  {
    name: 'a charge is released beside money that was taken for it',
    edits: [
      {
        file: 'src/billing/janitor/release-review.ts',
        find: '    if (stays !== null) return stays;\n    const decision',
        replace: '    const decision',
      },
    ],
    check: integration('janitor/ways-out-met', 'is not released: it would be charged a third time'),
  },
  {
    name: 'a charge is written off beside money under its mark',
    edits: [
      {
        file: 'src/billing/janitor/write-off.ts',
        find: 'return kept[0] ?? marked.find(',
        replace: 'return marked.find(',
      },
    ],
    check: integration('janitor/ways-out-met', 'is written off once both went back'),
  },
];
