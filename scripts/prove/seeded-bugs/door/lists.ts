/** Lists of charges: what a filter lets through. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration } from '../checks.ts';

const FILE = 'api/api-charge-list';

export const lists: readonly Mutation[] = [
  {
    name: 'a list by a label shows every charge with labels',
    edits: [
      {
        file: 'src/store/charge/charge-list.ts',
        find: `\${charges.metadata} @> \${JSON.stringify(labels)}::jsonb and `,
        replace: '',
      },
    ],
    check: integration(FILE, 'finds charges by their labels, each of which is to be there'),
  },
  {
    name: 'of two labels the last one counts',
    edits: [
      {
        file: 'src/api/query.ts',
        find: 'Object.assign(Object.create(null), query[field], { [entry]: value })',
        replace: 'Object.assign(Object.create(null), { [entry]: value })',
      },
    ],
    check: integration(FILE, 'finds charges by their labels, each of which is to be there'),
  },
  {
    name: 'a label whose name reaches the prototype is no filter',
    edits: [
      {
        file: 'src/api/query.ts',
        find: "entry === undefined || entry === '__proto__'",
        replace: 'entry === undefined',
      },
    ],
    check: integration(FILE, 'refuses metadata[__proto__]=may, and names (unreadable)'),
  },
  {
    name: 'a mail that went out later is no change of its charge',
    edits: [
      {
        file: 'src/store/work/timeline.ts',
        find: '.innerJoin(messages, eq(messages.id, entity_id))\n      .innerJoin(recoveries',
        replace: '.innerJoin(messages, sql`false`)\n      .innerJoin(recoveries',
      },
    ],
    check: integration(FILE, 'finds what changed after a moment'),
  },
];
