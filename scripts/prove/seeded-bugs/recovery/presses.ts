/** What a press answers, and what a page says: twins, unknown outcomes, cookies, words. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const BILLING = 'src/billing/recovery/press.ts';
const PRESS = 'src/recovery/page/press.ts';
const PAGES = 'src/recovery/page/pages.ts';
const STATE = 'src/recovery/page/page-state.ts';
const WORDS = 'src/recovery/words/mail-texts.ts';
const SENTENCES = 'recovery/sentences/page-sentences';

export const presses: readonly Mutation[] = [
  {
    name: 'a press that meets its twin does not wait',
    edits: [
      {
        file: PRESS,
        find: '      if (!(await wait.next(row.id))) return',
        replace: '      if (wait !== null) return',
      },
    ],
    check: integration(
      'recovery/double-press',
      'a press in the middle of a slow confirm waits for its answer',
    ),
  },
  {
    name: 'an attempt on its way is told as nothing to do',
    edits: [
      {
        file: PRESS,
        find: '      if (!isBeingSent(row)) {\n',
        replace: '      {\n',
      },
    ],
    check: integration(
      'recovery/double-press',
      'a press in the middle of a slow confirm waits for its answer',
    ),
  },
  {
    name: 'a press opens an attempt after one that its page never knew of',
    edits: [
      {
        file: BILLING,
        find: 'newestNumber(context) > seen_attempt)',
        replace: 'newestNumber(context) > seen_attempt + 9)',
      },
    ],
    check: integration('recovery/double-press', 'is declined asks for no second attempt'),
  },
  {
    name: 'a waiting press keeps its place at the door',
    edits: [
      {
        file: 'src/api/app.ts',
        find: "    leaveRoom: (request) => request.place?.moveTo('waiting'),\n",
        replace: '',
      },
    ],
    check: integration('recovery/presses-at-door', 'presses that wait for their twin hold no place'),
  },
  {
    name: 'any number of presses of one recovery may wait',
    edits: [
      {
        file: 'src/recovery/page/twin-wait.ts',
        find: 'const PER_RECOVERY_MAX = 4;',
        replace: 'const PER_RECOVERY_MAX = 400;',
      },
    ],
    check: integration('recovery/double-press', 'leaves the second press at a page that looks by itself'),
  },
  {
    name: 'what throws after the attempt is told as nothing sent',
    edits: [
      { file: BILLING, find: '  sending.may_be_sent = true;\n', replace: '  sending.may_be_sent = false;\n' },
    ],
    check: integration(SENTENCES, 'its answer cannot be written down'),
  },
  {
    name: 'what throws before the attempt is told as unknown',
    edits: [
      {
        file: PAGES,
        find: 'if (!sending.may_be_sent)',
        replace: 'if (sending === null)',
      },
    ],
    check: integration('recovery/presses-at-door', 'finds nowhere to wait says that it has sent nothing'),
  },
  {
    name: 'a lease that cannot be given back hides what Stripe answered',
    edits: [
      {
        file: BILLING,
        find: "    log.warn({ event: 'lease.release_failed', chargeId: lease.id, err });\n",
        replace:
          "    log.warn({ event: 'lease.release_failed', chargeId: lease.id, err });\n    throw err;\n",
      },
    ],
    check: integration('recovery/double-press', 'though the lease cannot be given back'),
  },
  {
    name: 'a page that waits does not look again',
    edits: [
      {
        file: PAGES,
        find: "  if (state === 'processing' && look !== null) reply",
        replace: "  if (state === 'paid' && look !== null) reply",
      },
    ],
    check: integration('recovery/double-press', 'leaves the second press at a page that looks by itself'),
  },
  {
    name: 'a page looks again for ever',
    edits: [
      {
        file: 'src/recovery/page/look-again.ts',
        find: 'const delay_s = DELAYS_S[looks];',
        replace: 'const delay_s = DELAYS_S[Math.min(looks, DELAYS_S.length - 1)];',
      },
    ],
    check: unit('recovery/look-again', 'one beyond the end looks no more'),
  },
  {
    name: 'a page without its cookie tells whether there is such a payment',
    edits: [
      {
        file: PAGES,
        find: '  if (isRecoveryId(request.params.recovery) && recoveryCookies(request) === null)\n',
        replace:
          '  const [known] = await readRecoveryLinks(context.billing.sql, [request.params.recovery]);\n' +
          '  if (known !== undefined && recoveryCookies(request) === null)\n',
      },
    ],
    check: integration('recovery/recovery-links', 'without a cookie the page tells how to open it'),
  },
  {
    name: 'an attempt that was left is told as refused',
    edits: [
      {
        file: STATE,
        find: "return is_refused ? 'failed_try' : 'unfinished';",
        replace: "return is_refused || attempt_state !== null ? 'failed_try' : 'unfinished';",
      },
    ],
    check: integration(SENTENCES, 'Left the bank’s page for half an hour, then confirmed'),
  },
  {
    name: 'an end that Stripe contradicts is told as final',
    edits: [
      {
        file: STATE,
        find: "  if (row.contradiction === 'open') return null;\n",
        replace: '',
      },
    ],
    check: unit('recovery/page-state', 'an end that Stripe contradicts is checked'),
  },
  {
    name: 'not charged is said without proof',
    edits: [
      {
        file: 'src/recovery/page/page-answers.tsx',
        find: 'row.end_is_proven && row.contradiction === null',
        replace: 'row.end_is_proven || row.contradiction === null',
      },
    ],
    check: unit('recovery/page-words', 'with Stripe’s proof only'),
  },
  {
    name: 'a ninth confirm is offered',
    edits: [
      {
        file: STATE,
        find: 'row.attempt_number >= policy.confirmsMax',
        replace: 'row.attempt_number > policy.confirmsMax',
      },
    ],
    check: unit('recovery/page-state', 'offers nothing that cannot help'),
  },
  {
    name: 'another card is offered again right after Stripe refused one',
    edits: [
      {
        file: 'src/store/recovery/recovery-page.ts',
        find: "s.settled_at > dc_now() - interval '1 hour'",
        replace: "s.settled_at > dc_now() + interval '1 hour'",
      },
    ],
    check: integration('recovery/recovery-pages', 'offers no other card for an hour after Stripe refused'),
  },
  {
    name: 'a mail tells of an attempt that was never made',
    edits: [
      {
        file: WORDS,
        find: '    tried: was_tried ?',
        replace: '    tried: facts.kind !== null ?',
      },
    ],
    check: unit('recovery/mail', 'tells of no attempt that was never made'),
  },
  {
    name: 'any attempt of the charge counts as one of this card',
    edits: [
      {
        file: 'src/store/recovery/messages.ts',
        find: "                and t.state in ('declined', 'authentication_required')) as was_tried,",
        replace:
          "                and t.state in ('declined', 'authentication_required'))\n" +
          '          or c.stripe_payment_intent_id is not null as was_tried,',
      },
    ],
    check: integration(SENTENCES, 'The card was taken off the file before its day, so nothing was tried'),
  },
];
