/** The doctor blames what is broken and nothing else, and tells it to those who may know. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration } from '../checks.ts';

const STRIPE = 'src/doctor/stripe-checks.ts';
const COMMAND = 'scripts/operate/commands/doctor.ts';
const doctor = (test: string) => integration('operate/doctor', test);

export const doctorBugs: readonly Mutation[] = [
  {
    name: 'the doctor blames what only rests on what is broken',
    edits: [
      {
        file: 'src/doctor/check.ts',
        find: 'if (failed.length > 0)',
        replace: 'if (failed.length > table_max)',
      },
      {
        file: 'src/doctor/check.ts',
        find: 'const CHECK_MS = 15_000;',
        replace: 'const CHECK_MS = 15_000;\nconst table_max = 1_000;',
      },
    ],
    check: doctor('that is away, or refuses our version'),
  },
  {
    name: 'the doctor does not see a permission that is lacking',
    edits: [{ file: STRIPE, find: "=== 'forbidden'", replace: "=== 'locked'" }],
    check: doctor("whose key lacks 'charge_write'"),
  },
  {
    name: 'the doctor tries what writes by a read',
    edits: [
      {
        file: 'src/doctor/stripe-permissions.ts',
        find: "ask: (stripe) => updateCustomer(stripe, nobodys('cus', 'update')),",
        replace: 'ask: (stripe) => retrieveCustomer(stripe, NOBODYS),',
      },
      {
        file: 'src/doctor/stripe-permissions.ts',
        find: 'import { updateCustomer }',
        replace: 'import { retrieveCustomer }',
      },
    ],
    check: doctor("whose key lacks 'customer_write'"),
  },
  {
    name: 'the doctor does not miss a type of event',
    edits: [{ file: STRIPE, find: '[missing.length > 0,', replace: '[missing.length > 1,' }],
    check: doctor('without an endpoint of ours'),
  },
  {
    name: 'a deployment that is not sound exits with 0',
    edits: [{ file: COMMAND, find: 'return ok ? 0 : 1;', replace: 'return ok ? 0 : 0;' }],
    check: doctor('a pk of the other mode'),
  },
  {
    name: 'the doctor takes a queue that evicts',
    edits: [
      {
        file: 'src/doctor/queue-checks.ts',
        find: '.some(({ evicts }) => evicts)',
        replace: '.some(({ evicts, major }) => evicts && major === 0)',
      },
    ],
    check: integration('operate/doctor-services', 'that evicts'),
  },
  {
    name: 'what the doctor finds is told to every key',
    edits: [
      {
        file: 'src/api/routes/health.ts',
        find: "keyFor('admin', bearerOf",
        replace: "keyFor('read', bearerOf",
      },
    ],
    check: integration('api/api-health', 'for a key with the scope admin alone'),
  },
];
