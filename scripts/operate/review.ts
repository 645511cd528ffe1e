/**
 * `npm run review -- list` shows what waits for a person; `release <id> --reason "…" [--as retry|close]` releases it.
 * A released row goes on from what Stripe says, never from what a person believes; its timeline shows the reason.
 * If an id only has open breaks, they are closed. `--json` for programs.
 */
import { parseArgs } from 'node:util';
import { type ReleaseRequest, releaseReview } from '../../src/billing/janitor/release-review.ts';
import { RELEASE_WAYS, type ReleaseWay } from '../../src/domain/releases.ts';
import { AppError } from '../../src/platform/errors.ts';
import { listOpenBreaks, listReviews } from '../../src/store/janitor/reviews.ts';
import type { Sql } from '../../src/store/postgres/database.ts';
import type { Tables } from '../../src/store/postgres/tables.ts';
import {
  misused,
  type Print,
  printer,
  runCommand,
  WORD_OPTIONS,
  withDatabase,
  wordOf,
} from './operator-command.ts';

const USAGE = `usage:
  review list
  review release <id> --reason "<why>" [--by <who>] [--as retry|close]
with --json the last line of the output is one JSON object`;

const LINES_MAX = 1_000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...WORD_OPTIONS,
      as: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [verb, id, more] = positionals;
  const print = printer(values.json);
  if (verb === 'list' && id === undefined) return withDatabase('review', ({ tables }) => list(tables, print));
  if (verb !== 'release' || id === undefined || more !== undefined) throw misused(USAGE);
  const request = { id, ...wordOf(values, USAGE), way: wayOf(values.as) };
  return withDatabase('review', ({ sql }) => release(sql, request, print));
}

async function list(tables: Tables, print: Print): Promise<void> {
  const data = await listReviews(tables, LINES_MAX);
  const breaks = await listOpenBreaks(tables, LINES_MAX);
  const rows = data.map(
    (row) =>
      `${row.kind}  ${row.id}  since ${row.since.toISOString()}  by ${row.cause}` +
      `  ${[row.reference, ...row.breaks].filter(Boolean).join(', ')}`,
  );
  const open = breaks.map(
    (one) =>
      `break  ${one.entity_id}  ${one.last_seen_at.toISOString()}  ${one.kind}  ${one.stripe_id ?? ''}`,
  );
  const lines = [...rows, ...open].map((line) => line.trimEnd());
  print({ data, breaks }, lines.length === 0 ? 'nothing waits for a person' : lines.join('\n'));
}

async function release(sql: Sql, request: ReleaseRequest, print: Print): Promise<void> {
  const released = await releaseReview(sql, request);
  switch (released.outcome) {
    case 'released':
      print({ id: request.id, ...released }, `released: the ${released.kind} is ${released.state}`);
      return;
    case 'breaks_closed':
      print({ id: request.id, ...released }, `closed ${released.count} of its breaks`);
      return;
    case 'refused':
      throw new AppError('refused', { message: released.because });
    case 'not_in_review':
      throw new AppError('not_in_review', { message: 'Nothing with this id waits for a person' });
  }
}

function wayOf(text: string | undefined): ReleaseWay | null {
  if (text === undefined) return null;
  const way = RELEASE_WAYS.find((known) => known === text);
  if (way === undefined) throw misused(USAGE);
  return way;
}

runCommand(main, USAGE);
