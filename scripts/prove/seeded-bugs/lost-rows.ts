/** Rows that are gone while Stripe keeps what they asked for. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

const LOSS = 'src/domain/loss.ts';
const FOUND = 'src/domain/charge/found-payment.ts';
const DECIDE = 'src/domain/charge/decide-charge.ts';
const LOST_ROWS = 'janitor/lost-rows';
const FOUND_PAID = 'is found paid when it is asked for again a day later, and settles';

export const lostRows: readonly Mutation[] = [
  {
    name: 'no memory of a create is taken for no create',
    edits: [
      {
        file: LOSS,
        find: '(row.listed_at ?? loss.noted_at) <= loss.noted_at)',
        replace: '(row.listed_at ?? loss.noted_at) < loss.noted_at)',
      },
    ],
    check: integration(LOST_ROWS, FOUND_PAID),
  },
  {
    name: 'after a loss only what the row remembers is listed',
    edits: [
      {
        file: LOSS,
        find: "because === 'rows_lost' ? Math.min(begun_ms, lost_ms) : begun_ms",
        replace: 'begun_ms',
      },
    ],
    check: integration(LOST_ROWS, FOUND_PAID),
  },
  {
    name: 'what was paid is not looked for while charging is off',
    edits: [
      {
        file: DECIDE,
        find: 'if (!context.charging_enabled && look_first === null)',
        replace: 'if (!context.charging_enabled)',
      },
    ],
    check: integration(LOST_ROWS, 'by the runbook in its own order'),
  },
  {
    name: 'a charge that lost its binding is closed without asking Stripe',
    edits: [
      {
        file: DECIDE,
        find: "const isLost = lookFirst(charge, context, policy) === 'rows_lost';",
        replace:
          "const isLost = lookFirst(charge, context, policy) === 'rows_lost' && context.loss === null;",
      },
    ],
    check: integration(
      LOST_ROWS,
      'that is now asked for at a later time, and cancelled before it, is looked for',
    ),
  },
  {
    name: 'another request under a lost key takes its PaymentIntent',
    edits: [
      {
        file: FOUND,
        find: "return is_known && dc_request !== charge.request ? 'request_differs' : null;",
        replace: 'return is_known ? null : null;',
      },
    ],
    check: integration(LOST_ROWS, 'another description: nobody is charged, a person looks'),
  },
  {
    name: 'a reference that was paid under a lost row is paid again',
    edits: [
      {
        file: 'src/billing/charge/marked-intents.ts',
        find: "const isWide = because === 'rows_lost' &&",
        replace: "const isWide = because !== 'rows_lost' &&",
      },
    ],
    check: integration(LOST_ROWS, 'the same reference under another key'),
  },
  {
    name: 'after a loss attempts are numbered from one again',
    edits: [
      {
        file: 'migrations/0006_lost_rows.sql',
        find: 'select coalesce(max(n), 0) from generate_series(1, 8) n',
        replace: 'select coalesce(min(0), 0) from generate_series(1, 8) n',
      },
    ],
    check: integration(LOST_ROWS, 'is numbered above those that the events of its PaymentIntent name'),
  },
  {
    name: 'charging goes on without a word on withdrawals',
    edits: [
      {
        file: 'migrations/0006_lost_rows.sql',
        find: 'from instance i where i.withdrawals_due;',
        replace: 'from instance i where false;',
      },
    ],
    check: integration(LOST_ROWS, 'goes on only with the word'),
  },
  {
    name: 'the sweep passes over what has lost its row',
    edits: [
      {
        file: 'src/billing/janitor/sweep-orphans.ts',
        find: '  if (missing.length === 0) return;\n',
        replace: '  if (missing.length >= 0) return;\n',
      },
    ],
    check: integration('janitor/missing-rows', 'is never cancelled, and turns charging off'),
  },
  {
    name: 'a loss that is known is noted again with every round',
    edits: [
      {
        file: 'migrations/0008_database_identity.sql',
        find: "where p_seen is null\n     or coalesce(case when p_stop then i.lost_stopped_at else i.lost_at end, '-infinity') < p_seen",
        replace: 'where true',
      },
      {
        file: 'migrations/0008_database_identity.sql',
        find: 'i.lost_stopped_at else i.lost_at end >= p_seen) then',
        replace: 'i.lost_stopped_at else i.lost_at end >= p_seen and false) then',
      },
    ],
    check: integration('janitor/missing-rows', 'is noted once'),
  },
  {
    name: 'a confirm that nobody wrote ahead is no news',
    edits: [
      {
        file: 'src/billing/janitor/apply-stripe-event.ts',
        find: "  else if (!found.is_written) await seeLoss(deps, 'key_without_row', event.stripe_created_at);\n",
        replace: '',
      },
    ],
    check: integration(LOST_ROWS, 'by an event that names a confirm'),
  },
  {
    name: 'a create does not wait for unread events',
    edits: [
      {
        file: DECIDE,
        find: 'if (look_first === null && !isEventsRead(context, policy))',
        replace: 'if (!is_unbound && look_first === null && !isEventsRead(context, policy))',
      },
    ],
    check: integration('janitor/unread-events', 'nothing is created while they were not read'),
  },
  {
    name: 'events that Stripe has forgotten are no loss',
    edits: [
      {
        file: 'src/billing/janitor/sweep-events.ts',
        find: '  if (now_s - events_read_s < timings.eventsMarkDays * DAY_S) return;\n',
        replace: '  if (now_s - events_read_s < 2 * timings.eventsMarkDays * DAY_S) return;\n',
      },
    ],
    check: integration('janitor/unread-events', 'not read for longer than Stripe keeps them is a loss'),
  },
  {
    name: 'a customer without a key gets an id of chance',
    edits: [
      {
        file: 'src/api/idempotency.ts',
        find: "return reference === null ? randomId(prefix) : derivedId(prefix, deriveKey, 'reference', '', reference);",
        replace: 'return reference === null ? randomId(prefix) : randomId(prefix);',
      },
    ],
    check: integration(LOST_ROWS, 'comes back under the id of its reference'),
  },
  {
    name: 'the walk over late events ends before it says what is missing',
    edits: [
      {
        file: 'src/billing/janitor/sweep-events.ts',
        find: '  await look?.(deps, ours);\n',
        replace: '',
      },
    ],
    check: integration('janitor/unread-events', 'a walk that shows rows to be missing says so'),
  },
  {
    name: 'a card is tried again behind unread events',
    edits: [
      {
        file: DECIDE,
        find: 'if (look_first === null && !isEventsRead(context, policy))',
        replace: 'if (is_unbound && look_first === null && !isEventsRead(context, policy))',
      },
    ],
    check: integration('janitor/unread-events', 'nor is a card tried again'),
  },
  {
    name: 'what can still be paid for a charge that is lost is named by nobody',
    edits: [
      {
        file: 'src/domain/reconciliation.ts',
        find: "return kind === 'cancel' || kind === 'lost';",
        replace: "return kind === 'cancel';",
      },
    ],
    check: integration('janitor/missing-rows', 'is named by reconcile a day later'),
  },
  {
    name: 'what becomes of a lost payment turns charging off again',
    edits: [
      {
        file: 'src/billing/work/see-loss.ts',
        find: 'return created_s == null ? told_at : new Date(created_s * 1_000);',
        replace: 'return created_s === -1 ? new Date(0) : told_at;',
      },
    ],
    check: integration('janitor/missing-rows', 'is no new loss when something becomes of it later'),
  },
  {
    name: 'the break about a payment stays open when its charge has found it',
    edits: [
      {
        file: 'src/billing/janitor/sweep-orphans.ts',
        find: '  await closeFoundBreaks(sql);\n',
        replace: '',
      },
    ],
    check: integration('janitor/found-again', 'the break that a sweep wrote'),
  },
  {
    name: 'a claim that a kept event overtakes is refused',
    edits: [
      {
        file: 'src/billing/janitor/claim-payment.ts',
        find: "  if (now?.state !== 'succeeded') return accepted;\n",
        replace: "  if (now?.state !== 'failed') return accepted;\n",
      },
    ],
    check: integration('janitor/found-again', 'a claim is done even where'),
  },
  {
    name: 'a cancel ends behind unread events what may have been paid',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: 'if (!isLost && !isEventsRead(context, policy))',
        replace: 'if (!isLost && !isEventsRead(context, policy) && charge.close_requested_at === null)',
      },
    ],
    check: integration('janitor/unread-events', 'nor does a cancel end a charge'),
  },
];
