/** The keyed write and the outcome of a step: how one effect at Stripe happens twice, or a close request is missed. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

const WRITE = 'src/billing/work/keyed-write.ts';
const SPENT = "return { sent: 'spent', key, code: null };";

export const writes: readonly Mutation[] = [
  {
    name: 'what nobody knows goes out again under the next number',
    edits: [
      {
        file: WRITE,
        find: "return { sent: 'again', code: verdict.code, is_key_refused: verdict.is_key_refused };",
        replace: SPENT,
      },
    ],
    check: integration(
      'setup/setup-faults',
      'or a call that was not executed (reset_before) is sent again under the same key',
    ),
  },
  {
    name: 'behind a stored failure nobody looks',
    edits: [
      {
        file: WRITE,
        find: "    case 'spent':\n      return lookAt(sending, key, null);\n",
        replace: `    case 'spent':\n      ${SPENT}\n`,
      },
    ],
    check: integration('setup/setup-faults', 'behind which the SetupIntent was made binds that one'),
  },
  {
    name: 'a key that Stripe may have forgotten is sent again',
    edits: [
      {
        file: WRITE,
        find: '  if (sending.look_first != null) return lookAt(sending, key, null);\n',
        replace: '',
      },
    ],
    check: integration(
      'setup/setup-faults',
      'the customer at Stripe is found by address and mark, and bound',
    ),
  },
  {
    name: 'a step is written over whatever came in between',
    edits: [
      {
        file: 'src/store/work/obligations.ts',
        find: `where id = \${move.id} and revision = \${move.revision} \${lease}`,
        replace: `where id = \${move.id} \${lease}`,
      },
    ],
    check: integration(
      'work/protocol-leases',
      'is not put off by a reader who did not see the wish to close',
    ),
  },
  {
    name: 'a call that our key may not make is read as Stripe’s refusal',
    edits: [{ file: 'src/stripe/classify.ts', find: "  [403, 'forbidden'],\n", replace: '' }],
    check: integration('stripe/restricted-key', 'may not write PaymentIntents: nothing is closed'),
  },
  {
    name: 'nobody is told by /readyz that Stripe refuses our key',
    edits: [
      {
        file: 'src/store/postgres/health.ts',
        find: 'return rows.length === 0;',
        replace: 'return rows.length >= 0;',
      },
    ],
    check: integration('stripe/restricted-key', 'was revoked: nothing is closed'),
  },
  {
    name: 'a reading shows more than a key by docs/deploy.md may read',
    edits: [
      {
        file: 'src/stripe/payment-intents.ts',
        find: "{ expand: ['latest_charge'] }",
        replace: "{ expand: ['latest_charge.balance_transaction'] }",
      },
    ],
    check: integration('stripe/restricted-key', 'lives a whole life without a refusal'),
  },
];
