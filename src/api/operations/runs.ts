import type { ImportReport, RunPreview, RunView } from '../schemas/run.ts';
import { operationsOf } from './operation.ts';

const STOP_LOSS = { share: '0.3', of_last: 100 };
const NEW_RUN = { name: 'usage', reference: 'usage-2026-10', stop_loss: STOP_LOSS };

const DRAFT: RunView = {
  id: 'run_q3m7z2k5xwn4vtb6yhrc2jdp',
  object: 'run',
  name: NEW_RUN.name,
  reference: NEW_RUN.reference,
  status: 'draft',
  paused_reason: null,
  hold: false,
  goal: null,
  decision: null,
  pace_per_s: null,
  stop_loss: STOP_LOSS,
  again_of: null,
  counts: {},
  sums: [],
  expected_end_at: null,
  version: 1,
  metadata: {},
  created_at: '2026-11-01T07:00:00.000Z',
  started_at: null,
  completed_at: null,
};

const SUM = { currency: 'eur', total: 9_631_204, succeeded: 0, refunded: 0, failed: 0, open: 9_631_204 };
const FILLED: RunView = { ...DRAFT, counts: { scheduled: 1_804 }, sums: [SUM] };
const RUNNING: RunView = {
  ...FILLED,
  status: 'running',
  counts: { processing: 1_804 },
  expected_end_at: '2026-11-01T08:01:13.000Z',
  version: 2,
  started_at: '2026-11-01T08:00:00.000Z',
};

const PLEDGES: RunView = {
  ...RUNNING,
  name: 'campaign',
  reference: 'campaign-7',
  hold: true,
  stop_loss: null,
  goal: {
    amount: 500_000,
    currency: 'eur',
    by: '2026-12-01T00:00:00.000Z',
    on_miss: 'cancel',
    pledged: 512_000,
    reached: true,
  },
  decision: { decision: 'release', decided_at: '2026-11-30T22:10:00.000Z' },
};

const LINE = {
  reference: 'usage-2026-10-H0001',
  customer_reference: 'H0001',
  currency: 'eur',
  description: 'Power in October',
  usage: [{ description: 'Day rate', quantity: '179', unit_amount_decimal: '29.9' }],
};
const UPLOAD = {
  'application/x-ndjson': `${JSON.stringify(LINE)}\n`,
  'text/csv':
    'reference,customer_reference,amount,currency,description\r\nusage-2026-10-H0002,H0002,5352,eur,Power in October\r\n',
};

const IMPORTED: ImportReport = {
  accepted: 1_804,
  replayed: 0,
  refused: 1,
  errors: [
    {
      line: 912,
      reference: 'usage-2026-10-H0911',
      code: 'consent_missing',
      message: 'payment_method rests on no live off-session consent',
    },
  ],
  errors_left_out: 0,
};

const PREVIEW: RunPreview = {
  count: 1_804,
  sums: [{ currency: 'eur', total: 9_631_204 }],
  would_charge: [{ currency: 'eur', type: 'card', count: 1_801, total: 9_620_010 }],
  would_skip: [{ reason: 'card_expired', count: 3, references: ['usage-2026-10-H0017'] }],
  warnings: [{ reason: 'set_up_on_session', count: 12, references: ['usage-2026-10-H0104'] }],
  duration_s: 72.04,
  previous: {
    id: 'run_b2h5t7n3xqw4vmk6yzrc2jdp',
    new: { count: 4, customers: ['cst_k5r2n7xq4wmv3tyb6hzc2jdp'] },
    gone: { count: 0, customers: [] },
    more_than_twice: { count: 1, customers: ['cst_m3r2n7xq4wmv3tyb6hzc2jdp'] },
  },
};

/** Sets of charges that are looked at, started, paused and decided as one. */
export const runOperations = operationsOf('Runs', {
  createRun: {
    summary: 'Make a run',
    description:
      'An empty draft. Its lines come in by `POST /v1/runs/{id}/charges`, and nothing is charged before it is started; of a run with `hold`, nothing before it is released.',
    refusals: ['reference_taken'],
    request: NEW_RUN,
    answer: DRAFT,
  },
  listRuns: {
    summary: 'List runs',
    description: 'Newest first.',
    refusals: [],
    answer: { data: [FILLED], next_cursor: null, has_more: false },
  },
  retrieveRun: {
    summary: 'Show a run',
    description: 'Its progress too: what its charges come to is computed from them each time.',
    refusals: [],
    answer: RUNNING,
  },
  importRunCharges: {
    summary: 'Send lines of a run',
    description:
      'The body is `application/x-ndjson`, a charge request a line, or `text/csv` with a row of names (`metadata[name]` for labels; `usage_description`, `quantity` and `unit_amount_decimal` for one usage), of any length: it is read as it comes. Each line needs a `reference`; it names its customer by `customer` or `customer_reference`, and says an `amount` or the `usage` that it is computed from: each product exact, the sum rounded half up once. A line that is refused leaves the others. A line that is there already, with the same content, is counted and not taken in again, so that an upload that broke off is simply sent again.',
    refusals: ['conflict', 'unsupported_media_type'],
    upload: UPLOAD,
    answer: IMPORTED,
  },
  previewRun: {
    summary: 'See what a start would do',
    description:
      'How much, by currency and type of method; what would be skipped today, and why; which debits come too late; how long it takes; and beside the last run of the same name: who is new, who is gone, whose amount has more than doubled. Nothing is written.',
    refusals: [],
    answer: PREVIEW,
  },
  startRun: {
    summary: 'Start a run',
    description:
      'Once: of two starts, one is done. With `expect`, it is refused if the run is not any more what you have seen.',
    refusals: ['conflict', 'already_running', 'already_paused', 'already_completed', 'already_canceled'],
    request: { expect: { count: 1_804, sums: [{ currency: 'eur', total: 9_631_204 }] } },
    answer: RUNNING,
  },
  pauseRun: {
    summary: 'Pause a run',
    description:
      'Once this is answered, no confirm of its charges opens; what had left before may still arrive.',
    refusals: ['conflict', 'already_paused', 'already_completed', 'already_canceled'],
    answer: { ...RUNNING, status: 'paused', paused_reason: 'requested', expected_end_at: null },
  },
  resumeRun: {
    summary: 'Resume a paused run',
    description: 'It goes on with what it had not begun.',
    refusals: ['conflict', 'already_running', 'already_completed', 'already_canceled'],
    answer: RUNNING,
  },
  cancelRun: {
    summary: 'Cancel a run',
    description:
      'No confirm of its charges opens any more, and what is not paid is closed, with Stripe’s word where anything began there. What was paid stays paid.',
    refusals: ['already_completed', 'already_canceled'],
    answer: { ...RUNNING, status: 'canceled', counts: { canceled: 1_804 }, sums: [], expected_end_at: null },
  },
  decideRun: {
    summary: 'Decide about a group of pledges',
    description:
      'Of a run with `hold`, once: a second decision is refused, and told which one stands. `extend` moves the day of the goal, and is no decision. A release needs the goal to be reached, where there is one.',
    refusals: ['conflict', 'already_decided', 'already_completed', 'already_canceled'],
    request: { decision: 'release' },
    answer: PLEDGES,
  },
  reportRun: {
    summary: 'Read the report of a run',
    description:
      'Line by line, in net money: what was received and has not gone back. `format=csv` for a spreadsheet.',
    refusals: [],
    answer: {
      run: RUNNING,
      data: [
        {
          charge: 'chg_hnexh2rbhgrr6xcuukyxjcp7',
          reference: 'usage-2026-10-H0001',
          customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
          customer_reference: 'H0001',
          status: 'succeeded',
          detail: null,
          currency: 'eur',
          amount: 5_352,
          received: 5_352,
          refunded: 352,
          net: 5_000,
          last_error: null,
          settled_at: '2026-11-01T08:00:07.000Z',
          usage: [{ description: 'Day rate', quantity: '179', unit_amount_decimal: '29.9' }],
        },
      ],
    },
  },
  repeatRun: {
    summary: 'Make the failed charges again',
    description:
      'As a new draft, which can be looked at before it is started. Each is made again once, whoever asks how often.',
    refusals: ['conflict'],
    answer: {
      ...FILLED,
      again_of: 'run_b2h5t7n3xqw4vmk6yzrc2jdp',
      import: { accepted: 7, replayed: 0, refused: 0, errors: [], errors_left_out: 0 },
    },
  },
});
