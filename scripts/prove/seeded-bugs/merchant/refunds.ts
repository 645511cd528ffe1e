/** Money that goes back: how much, how often, and who hears of it; and what banks say of a payment. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration } from '../checks.ts';

const MIGRATION = 'migrations/0025_refunds.sql';
const ADVANCE = 'src/billing/refund/advance-refund.ts';
const APPLY = 'src/billing/refund/apply-refund-event.ts';
const SWEEP = 'src/billing/refund/sweep-returns.ts';
const REFUNDS = 'refunds/refunds';
const ELSEWHERE = 'refunds/made-elsewhere';
const DISPUTES = 'refunds/disputes';

export const refunds: readonly Mutation[] = [
  {
    name: 'two refunds at once are each counted against the whole',
    edits: [
      {
        file: MIGRATION,
        find: '  select * into v_charge from charges c where c.id = p_charge for update;',
        replace: '  select * into v_charge from charges c where c.id = p_charge;',
      },
      {
        file: MIGRATION,
        find: "  elsif new.state = 'queued' and",
        replace: "  elsif false and new.state = 'queued' and",
      },
    ],
    check: integration(REFUNDS, 'ten times at once never gives back more than was received'),
  },
  {
    name: 'the database lets more go back than was received',
    edits: [
      {
        file: MIGRATION,
        find: "  elsif new.state = 'queued' and",
        replace: "  elsif false and new.state = 'queued' and",
      },
    ],
    check: integration(REFUNDS, 'is held by the database itself to what was received'),
  },
  {
    name: 'a refund that failed still counts as gone back',
    edits: [
      {
        file: MIGRATION,
        find: "  where r.charge_id = p_charge and r.state not in ('failed', 'canceled')\n$$;",
        replace: '  where r.charge_id = p_charge\n$$;',
      },
    ],
    check: integration(REFUNDS, 'a refund that comes back from the bank has failed'),
  },
  {
    name: 'a refund whose answer was lost is not looked for by its mark',
    edits: [
      {
        file: ADVANCE,
        find: 'metadata.dc_refund === id && metadata.dc_instance === deps.instance.id',
        replace: 'metadata.dc_refund === id.slice(1) && metadata.dc_instance === deps.instance.id',
      },
    ],
    check: integration(REFUNDS, 'a day later nobody knows the key any more'),
  },
  {
    name: 'a refund whose key is old is sent anew without a look',
    edits: [{ file: ADVANCE, find: '    look_first,\n    send', replace: '    look_first: null,\n    send' }],
    check: integration(REFUNDS, 'a day later nobody knows the key any more'),
  },
  {
    name: 'a pending refund is never looked at',
    edits: [
      {
        file: MIGRATION,
        find: "      due_at = case when p_status in ('pending', 'requires_action') then dc_now() + p_look_ms * interval '1 millisecond' end,",
        replace: '      due_at = null,',
      },
    ],
    check: integration(REFUNDS, 'is looked at though nobody tells'),
  },
  {
    name: 'a refund of ours that Stripe tells of is written down a second time',
    edits: [
      {
        file: MIGRATION,
        find: '  if not found and p_mark is not null then',
        replace: '  if false and p_mark is not null then',
      },
    ],
    check: integration(REFUNDS, 'of a part is made at Stripe with our marks'),
  },
  {
    name: 'nobody is told that an amount went back of a charge',
    edits: [
      {
        file: MIGRATION,
        find: "    perform tell_charges(array['charge.refunded'],",
        replace: '    perform tell_charges(array[]::text[],',
      },
    ],
    check: integration(ELSEWHERE, 'a refund in the dashboard is told by webhook'),
  },
  {
    name: 'a refund of a payment that was not heard of leaves the charge open',
    edits: [
      {
        file: APPLY,
        find: '  if (context === null || isTerminal',
        replace: '  if (Date.now() > 0 || context === null || isTerminal',
      },
    ],
    check: integration(ELSEWHERE, 'a refund proves the payment'),
  },
  {
    name: 'refunds are not walked by the time they were made',
    edits: [
      {
        file: SWEEP,
        find: '  for (const name of LISTS) await walkOnce',
        replace: "  for (const name of LISTS) if (name !== 'refunds') await walkOnce",
      },
    ],
    check: integration(ELSEWHERE, 'with every event lost too it is found by walking the list of refunds'),
  },
  {
    name: 'a disputed payment is refunded on top',
    edits: [
      {
        file: MIGRATION,
        find: "                 and (d.state = 'open' or d.status = 'lost')) then 'charge_disputed'",
        replace: "                 and false) then 'charge_disputed'",
      },
    ],
    check: integration(DISPUTES, 'stands on its charge with its reason'),
  },
  {
    name: 'a disputed card is charged on',
    edits: [
      {
        file: MIGRATION,
        find: "  if p_status not like 'warning\\_%' and (v_was.id is null",
        replace: '  if false and (v_was.id is null',
      },
    ],
    check: integration(
      DISPUTES,
      'closes its method to automatic charges until the merchant accepts it again',
    ),
  },
  {
    name: 'the end of a dispute closes the method once more',
    edits: [
      {
        file: MIGRATION,
        find: "and (v_was.id is null or v_was.status like 'warning\\_%') then",
        replace: 'then',
      },
    ],
    check: integration(
      DISPUTES,
      'closes its method to automatic charges until the merchant accepts it again',
    ),
  },
  {
    name: 'an open dispute that nobody speaks of is never read',
    edits: [
      { file: SWEEP, find: "  if (name === 'disputes') await readQuiet(deps, signal);\n", replace: '' },
    ],
    check: integration(
      DISPUTES,
      'of which no webhook ever comes is found by walking the list, and so is its end',
    ),
  },
  {
    name: 'a dispute stays a break after its end',
    edits: [
      {
        file: MIGRATION,
        find: "          case when v_state = 'closed' then 'stripe: ' || p_status end)",
        replace: '          null)',
      },
    ],
    check: integration(DISPUTES, 'stands on its charge with its reason'),
  },
  {
    name: 'a warning refunds though nobody has ruled so',
    edits: [
      {
        file: APPLY,
        find: 'deps.policies.refund_on_fraud_warning && warning.actionable',
        replace: 'warning.actionable',
      },
    ],
    check: integration(DISPUTES, 'stands on its charge and is told once'),
  },
  {
    name: 'each time that a warning is told it refunds again',
    edits: [
      {
        file: APPLY,
        find: "    const id = derivedId('rfd', deps.instance.deriveKey, 'fraud_warning', warning.id);",
        replace:
          "    const id = derivedId('rfd', deps.instance.deriveKey, 'fraud_warning', String(Math.random()));",
      },
      { file: APPLY, find: 'amount_minor: null, reason', replace: 'amount_minor: 1, reason' },
      { file: APPLY, find: ' && warning.actionable', replace: '' },
    ],
    check: integration(DISPUTES, 'gives the whole payment back, once'),
  },
  {
    name: 'the labels of a refund outlive the evidence of its customer',
    edits: [
      {
        file: MIGRATION,
        find: 'when (old.erased_at is null and new.erased_at is not null) execute function forget_refunds();',
        replace: 'when (false) execute function forget_refunds();',
      },
    ],
    check: integration('refunds/evidence', 'of an erased customer keeps nothing'),
  },
  {
    name: 'what a merchant wrote runs on the page of evidence',
    edits: [
      {
        file: 'src/api/views/evidence-page.ts',
        find: '  return text.replace(/[&<>"\']/g, (char) => ENTITIES[char] ?? char);',
        replace: '  return text.replace(/[&]/g, (char) => ENTITIES[char] ?? char);',
      },
    ],
    check: integration('refunds/evidence', 'is a page for whoever asks for one'),
  },
];
