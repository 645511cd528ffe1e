/** A customer's own data: what is kept, and what Stripe is told, byte for byte. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration } from '../checks.ts';

const CHANGES = 'src/store/customer/customer-changes.ts';
const FILE = 'api/api-customer-changes';

export const customerChanges: readonly Mutation[] = [
  {
    name: 'a create that was sent is sent again with what has changed since',
    edits: [
      {
        file: 'src/billing/customer/advance-customer.ts',
        find: '= customer.telling ?? customer;',
        replace: '= customer;',
      },
    ],
    check: integration(FILE, 'is sent again as it was, and then as it is'),
  },
  {
    name: 'what changed while the customer was made is never told',
    edits: [
      {
        file: 'src/store/customer/customer-binding.ts',
        find: 'due_at = case when forgotten_at is not null or telling <> told_of(customers) then dc_now() end,',
        replace: 'due_at = null,',
      },
    ],
    check: integration(FILE, 'is sent again as it was, and then as it is'),
  },
  {
    name: 'an update that was sent is sent again with what has changed since',
    edits: [
      {
        file: CHANGES,
        find: 'set telling = coalesce(c.telling, told_of(c)),',
        replace: 'set telling = told_of(c),',
      },
    ],
    check: integration(FILE, 'is told both changes, one after the other'),
  },
  {
    name: 'a known reference with other contents is answered as if it were taken',
    edits: [
      {
        file: 'src/store/customer/customer-intake.ts',
        find: "then 'reference_held' else 'reference_taken' end",
        replace: "then 'reference_held' else 'reference_held' end",
      },
    ],
    check: integration(FILE, 'with other contents is refused, every field named'),
  },
];
