/** The method of the day: which card an attempt takes, and what the charge then rests on. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

const NOTICES = 'migrations/0027_debit_notices.sql';

const MOVES = 'migrations/0007_method_of_the_day.sql';
const CONTEXT = 'src/store/charge/charge-context.ts';

export const following: readonly Mutation[] = [
  {
    name: 'a charge that names no method keeps the default of its intake',
    edits: [
      {
        file: 'src/store/charge/charge-intake.ts',
        find: 'charge.payment_method_id === null} and m.one_time_id is null',
        replace: "charge.payment_method_id === ''} and m.one_time_id is null",
      },
    ],
    check: integration('methods/following', 'is paid with the default of its day'),
  },
  {
    name: 'a charge under a one-time consent follows',
    edits: [
      {
        file: 'src/store/charge/charge-intake.ts',
        find: 'charge.payment_method_id === null} and m.one_time_id is null',
        replace: 'charge.payment_method_id === null}',
      },
      { file: CONTEXT, find: "d.frequency = 'recurring' and ", replace: '' },
      { file: NOTICES, find: " and n.frequency = 'recurring', false)", replace: ', false)' },
    ],
    check: integration('methods/following', 'is one under a one-time consent'),
  },
  {
    name: 'a default under a one-time consent is taken',
    edits: [
      { file: CONTEXT, find: "d.frequency = 'recurring' and ", replace: '' },
      { file: NOTICES, find: " and n.frequency = 'recurring', false)", replace: ', false)' },
    ],
    check: integration('methods/following', 'asks its customer when the default rests on a consent'),
  },
  {
    name: 'the opening does not read the default again',
    edits: [{ file: NOTICES, find: 'm.id = method_of_day(u) and n.id', replace: 'n.id' }],
    check: integration('methods/following', 'is opened with neither card when the default changes meanwhile'),
  },
  {
    name: 'a charge rests on the consent of its intake for ever',
    edits: [
      {
        file: 'src/store/charge/open-attempt.ts',
        find: '        consent_id = coalesce(o.consent_id, c.consent_id),\n',
        replace: '',
      },
    ],
    check: integration('methods/following', 'closes what rests on the consent'),
  },
  {
    name: 'the limits of a consent that a charge goes to are not counted',
    edits: [
      {
        file: CONTEXT,
        find: 'and (d.id = c.consent_id or not exceeds_consent(d.id, c.amount_minor, c.currency, (select dc_now())))',
        replace: '',
      },
      {
        file: NOTICES,
        find: 'p_moves and not exceeds_consent(n.id, c.amount_minor, c.currency, v_now)',
        replace: 'p_moves',
      },
    ],
    check: integration('methods/following', 'is not the one too many under the consent that it goes to'),
  },
  {
    name: 'a create that is sent again names the type of the new default',
    edits: [
      {
        file: 'src/domain/charge/charge.ts',
        find: 'return charge.create_opened_at === null ? method.type : (charge.create_type ?? method.type);',
        replace: 'return charge.create_opened_at === null ? method.type : method.type;',
      },
    ],
    check: integration('methods/following', 'sends the create that was left unanswered again'),
  },
  {
    name: 'a consent whose time is over ends what follows its customer',
    edits: [
      {
        file: 'src/domain/charge/charge.ts',
        find: 'return goes_on ? null : consent_gone;',
        replace: 'return goes_on ? consent_gone : consent_gone;',
      },
    ],
    check: integration('methods/following', 'a consent whose time is over ends no charge'),
  },
  {
    name: 'a live recovery stays about the first card',
    edits: [
      {
        file: 'src/store/charge/settle-charges.ts',
        find: 'kind = coalesce(w.recovery_turn, r.kind)',
        replace: 'kind = coalesce(r.kind, w.recovery_turn)',
      },
    ],
    check: integration('methods/waking', 'turns the open recovery'),
  },
  {
    name: 'a retry that is asked for tries a dead card again',
    edits: [
      {
        file: 'src/domain/charge/waking.ts',
        find: "return waits(context) && !isTried(context) ? null : 'customer_needed';",
        replace: "return waits(context) ? null : 'customer_needed';",
      },
    ],
    check: integration('api/api-charge-changes', 'says why no automatic try may follow'),
  },
  {
    name: 'a charge that was given a method goes on following its customer',
    edits: [{ file: NOTICES, find: 'follows_customer = false, revision', replace: 'revision' }],
    check: integration('api/api-charge-changes', 'is kept from then on'),
  },
  {
    name: 'a charge is given a method without a live consent',
    edits: [{ file: NOTICES, find: 'elsif not v_payer.is_consented then', replace: 'elsif false then' }],
    check: integration('api/api-charge-changes', 'is refused as when a charge is taken in'),
  },
  {
    name: 'a revocation moves what its new consent does not cover',
    edits: [
      {
        file: MOVES,
        find: '\n          and not exceeds_consent(v_target.consent_id',
        replace: '\n          and true or exceeds_consent(v_target.consent_id',
      },
    ],
    check: integration('api/api-charge-changes', 'closes what the other consent does not cover'),
  },
  {
    name: 'a revocation moves what names its card',
    edits: [
      {
        file: MOVES,
        find: 'where c.consent_id = p_consent and c.follows_customer and',
        replace: 'where c.consent_id = p_consent and',
      },
      {
        file: MOVES,
        find: " and n.frequency = 'recurring'\n      and n.scope",
        replace: '\n      and n.scope',
      },
    ],
    check: integration('api/api-charge-changes', 'closes what names its card'),
  },
  {
    name: 'an attempt is sent again under a consent that its charge has left and that was revoked',
    edits: [
      {
        file: CONTEXT,
        find: '\n            and not exists (select 1 from consents k where k.id = a.consent_id and k.revoked_at is not null)',
        replace: '',
      },
      {
        file: NOTICES,
        find: "n.scope = 'off_session' and n.accepted_at is not null and n.revoked_at is null\n                     and (n.until",
        replace: "n.scope = 'off_session' and n.accepted_at is not null\n                     and (n.until",
      },
    ],
    check: integration('api/api-charge-changes', 'does not send an attempt again'),
  },
  {
    name: 'a page that was left open charges the card that is the default by now',
    edits: [
      {
        file: 'src/recovery/page/press.ts',
        find: 'return view.pay_saved === saved_id ? saved_id : null;',
        replace: 'return view.pay_saved;',
      },
    ],
    check: integration('methods/saved-card', 'is not charged by a page that was left open'),
  },
  {
    name: 'the page offers the declined card as one on file',
    edits: [
      {
        file: 'src/store/recovery/recovery-page.ts',
        find: 'and (sp.id <> r.payment_method_id or sp.renewed_at > a.started_at)',
        replace: '',
      },
    ],
    check: integration('methods/saved-card', 'the declined card is not offered again'),
  },
];
