/** One page for several bills of a customer: whose they are, and which of them a press pays. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration } from '../checks.ts';

const DOORS = 'src/recovery/page/doors.ts';
const PAGES = 'src/recovery/page/pages.ts';
const LINK = 'src/recovery/link/link.ts';
const ROWS = 'src/store/recovery/recovery-page.ts';
const SEVERAL = 'recovery/several-bills';

export const severalBills: readonly Mutation[] = [
  {
    name: 'a link opens the bills of another customer',
    edits: [
      {
        file: DOORS,
        find: '  door.customer_id === target.customer_id;',
        replace: "  door.customer_id !== '' && target.customer_id !== '';",
      },
    ],
    check: integration(SEVERAL, 'what another customer owes is neither shown nor opened nor paid'),
  },
  {
    name: 'a form pays whichever bill its address names',
    edits: [
      { file: LINK, find: '  if (target.id !== row.id) parts', replace: "  if (target.id === '') parts" },
    ],
    check: integration(SEVERAL, 'a form pays the bill that it stands in and no other one'),
  },
  {
    name: 'a form outlives the link of the bill that it pays',
    edits: [
      {
        file: LINK,
        find: 'parts.push(target.id, String(target.link_version))',
        replace: 'parts.push(target.id)',
      },
    ],
    check: integration(SEVERAL, 'a link that was ended ends what it opened'),
  },
  {
    name: 'a press needs no cookie of the link that its form is made out to',
    edits: [
      {
        file: DOORS,
        find: 'hasCookie(link_keys, request, door) && isToken',
        replace: 'isToken',
      },
    ],
    check: integration('recovery/recovery-links', 'a POST needs the cookie, the form token and an Origin'),
  },
  {
    name: 'a page shows what all customers owe',
    edits: [
      {
        file: ROWS,
        find: 'theirs.customer_id = its.customer_id and theirs.settled_at is null',
        replace: 'theirs.settled_at is null',
      },
    ],
    check: integration(SEVERAL, 'what another customer owes is neither shown nor opened nor paid'),
  },
  {
    name: 'the link of a bill that is paid opens nothing that can be paid',
    edits: [
      {
        file: PAGES,
        find: '  if (next !== null) return exchangeLink(context, door, reply);\n',
        replace: '',
      },
    ],
    check: integration(SEVERAL, 'the link of a bill that is paid still opens what else is open'),
  },
];
