/** A process on another database than the one it knew, or without what was acknowledged to it. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

export const anotherDatabase: readonly Mutation[] = [
  {
    name: 'rows of a database that nobody knows are claimed',
    edits: [
      {
        file: 'src/store/work/obligations.ts',
        find: '        and (select is_database_known())\n',
        replace: '',
      },
    ],
    check: integration('janitor/another-database', 'nothing of a database that nobody knows is claimed'),
  },
  {
    name: 'a newest write that is missing is missed by nobody',
    edits: [
      {
        file: 'src/billing/work/watch-database.ts',
        find: 'const lost = missing.at(-1);',
        replace: 'const lost = missing.slice(missing.length).at(-1);',
      },
    ],
    check: integration('janitor/another-database', 'misses its newest write, a request'),
  },
  {
    name: 'whoever has just started vouches for another database',
    edits: [
      {
        file: 'src/billing/work/watch-database.ts',
        find: 'newest.isWitness() || lost !== undefined',
        replace: 'newest.isWitness() || lost === undefined',
      },
    ],
    check: integration('janitor/another-database', 'where none is left that could'),
  },
  {
    name: 'whoever has written only to another database vouches for it',
    edits: [
      {
        file: 'src/store/work/newest-write.ts',
        find: 'isWitness ||= is_known && missing.length',
        replace: 'isWitness ||= missing.length',
      },
    ],
    check: integration('janitor/another-database', 'and what was written only there'),
  },
  {
    name: 'a write on the new database hides one that was lost',
    edits: [
      {
        file: 'src/store/work/newest-write.ts',
        find: 'read: () => [...kept]',
        replace: 'read: () => kept.slice(-1)',
      },
    ],
    check: integration('janitor/another-database', 'a lost write is missed though a newer one'),
  },
  {
    name: 'a loss that was vouched for covers what is found missing afterwards',
    edits: [
      {
        file: 'migrations/0008_database_identity.sql',
        find: 'case when p_stop then i.lost_stopped_at else i.lost_at end >= p_seen) then',
        replace: 'i.lost_at >= p_seen) then',
      },
    ],
    check: integration('janitor/another-database', 'that is missed though another process has vouched'),
  },
  {
    name: 'a stop that nobody remembers is not missed',
    edits: [{ file: 'src/api/replays.ts', find: '  newest.request(keyed);\n', replace: '' }],
    check: integration('janitor/another-database', 'a withdrawal is a write that would be missed'),
  },
];
