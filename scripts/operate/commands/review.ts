/**
 * `npm run review`: what waits for a person, and the verbs that end it, each with a reason and a name for the record.
 * `list` shows what is parked or open with its ways out; `release` gives a row back, or closes what is only to be known;
 * `accept`, `write-off`, `claim` and `refund` say what becomes of money, from what Stripe says at that moment. Without
 * an environment they are about the sandbox that runs. `--json` for programs.
 */
import { parseArgs } from 'node:util';
import { acceptCharge } from '../../../src/billing/janitor/accept-charge.ts';
import { claimPayment } from '../../../src/billing/janitor/claim-payment.ts';
import type { VerbDependencies, Verbed } from '../../../src/billing/janitor/operator-verb.ts';
import { refundPayment } from '../../../src/billing/janitor/refund-payment.ts';
import { type ReleaseRequest, releaseReview } from '../../../src/billing/janitor/release-review.ts';
import { writeOff } from '../../../src/billing/janitor/write-off.ts';
import { verbsOf } from '../../../src/domain/break-kinds.ts';
import { formatAmount } from '../../../src/domain/money.ts';
import { RELEASE_WAYS, type ReleaseWay } from '../../../src/domain/releases.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { createLog } from '../../../src/platform/log.ts';
import { listOpenBreaks, listReviews } from '../../../src/store/janitor/reviews.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { readInstance } from '../../../src/store/postgres/instance.ts';
import type { Tables } from '../../../src/store/postgres/tables.ts';
import {
  misused,
  type OperatorCommand,
  type Print,
  printer,
  WORD_OPTIONS,
  withDatabase,
  wordOf,
} from '../operator-command.ts';
import { atPlace, findPlace } from '../stripe-place.ts';

const USAGE = `usage:
  review list
  review release <id> --reason "<why>" [--as retry|close]
  review accept <charge> --reason "<why>"
  review write-off <charge, or PaymentIntent without one> --reason "<why>"
  review claim <PaymentIntent> --customer <id> [--reference <r>] --reason "<why>"
  review refund <PaymentIntent> --reason "<why>"
each with --by <who> (the user of the operating system);
with --json the last line of the output is one JSON object`;

const LINES_MAX = 1_000;
const CUSTOMER = /^cst_[a-z2-7]{24}$/;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...WORD_OPTIONS,
      as: { type: 'string' },
      customer: { type: 'string' },
      reference: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [verb, id, more] = positionals;
  const print = printer(values.json);
  if (verb === 'list' && id === undefined) return withDatabase('review', ({ tables }) => list(tables, print));
  if (id === undefined || more !== undefined) throw misused(USAGE);
  switch (verb) {
    case 'release': {
      const request = { id, ...wordOf(values, USAGE), way: wayOf(values.as) };
      return withDatabase('review', ({ sql }) => release(sql, request, print));
    }
    case 'accept': {
      const word = wordOf(values, USAGE);
      return withStripe((deps) => acceptCharge(deps, id, word), print);
    }
    case 'write-off': {
      const word = wordOf(values, USAGE);
      return withStripe((deps) => writeOff(deps, id, word), print);
    }
    case 'refund': {
      const [word, intent] = [wordOf(values, USAGE), paymentIntentOf(id)];
      return withStripe((deps) => refundPayment(deps, intent, word), print);
    }
    case 'claim': {
      const word = wordOf(values, USAGE);
      const { customer, reference = null } = values;
      if (customer === undefined || !CUSTOMER.test(customer)) throw misused(USAGE);
      const request = { payment_intent: paymentIntentOf(id), customer, reference };
      return withStripe((deps) => claimPayment(deps, request, word), print);
    }
    default:
      throw misused(USAGE);
  }
}

/** A verb about money, and what it says of itself. */
async function withStripe(act: (deps: VerbDependencies) => Promise<Verbed>, print: Print): Promise<void> {
  const verbed = await atPlace(
    'duecourse-review',
    findPlace('review', process.env),
    async ({ sql, stripe }) => {
      const log = createLog({ level: 'error', role: 'review', destination: process.stderr });
      return act({ sql, stripe, log, instance_id: (await readInstance(sql)).instance_id });
    },
  );
  switch (verbed.outcome) {
    case 'done': {
      const { id, state, amount_minor, currency } = verbed;
      const amount = amount_minor === null ? '' : `, ${formatAmount(amount_minor, currency ?? '', 'en')}`;
      return print(verbed, `${id} is ${state}${amount}`);
    }
    case 'refused':
      throw new AppError('refused', { message: verbed.because });
    case 'unanswered':
      throw new AppError('unanswered', {
        message: 'Stripe does not answer. Type the same again: nothing happens twice.',
      });
  }
}

async function list(tables: Tables, print: Print): Promise<void> {
  const data = await listReviews(tables, LINES_MAX);
  const breaks = (await listOpenBreaks(tables, LINES_MAX)).map(({ mark, ...one }) => ({
    ...one,
    verbs: verbsOf(one.kind, mark),
  }));
  const rows = data.map(
    (row) =>
      `${row.kind}  ${row.id}  since ${row.since.toISOString()}  by ${row.cause}` +
      `  ${[row.reference, ...row.breaks].filter(Boolean).join(', ')}`,
  );
  const open = breaks.map(
    (one) =>
      `break  ${one.entity_id}  ${one.last_seen_at.toISOString()}  ${one.kind}  ${one.stripe_id ?? '-'}` +
      `  ends by ${one.verbs.map(typed).join(', ')}`,
  );
  const lines = [...rows, ...open].map((line) => line.trimEnd());
  print({ data, breaks }, lines.length === 0 ? 'nothing waits for a person' : lines.join('\n'));
}

const typed = (verb: string): string => verb.replace('_', '-');

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

function paymentIntentOf(id: string): string {
  if (!/^pi_[A-Za-z0-9]+$/.test(id)) throw misused(USAGE);
  return id;
}

export const reviewCommand: OperatorCommand = { usage: USAGE, run: main };
