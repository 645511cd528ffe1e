/** Debits are announced, go on bank days, and are presented again as often as their mandate allows. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const GATE = 'migrations/0027_debit_notices.sql';
const PLAN = 'src/domain/debit/plan-collection.ts';
const gate = (test: string) => integration('debits/debit-gate', test);

export const announcedDebits: readonly Mutation[] = [
  {
    name: 'a debit goes before the period of its notice has passed',
    edits: [{ file: GATE, find: 'v_now < v_notice.confirm_not_before or ', replace: '' }],
    check: gate('before the period has passed does not open'),
  },
  {
    name: 'a debit goes long after the day that was told',
    edits: [{ file: GATE, find: ' or v_now > v_notice.confirm_until', replace: '' }],
    check: gate('past its time does not open'),
  },
  {
    name: 'a debit goes with another amount than was told',
    edits: [{ file: GATE, find: 'v_notice.amount_minor <> p_charge.amount_minor or ', replace: '' }],
    check: gate('of another amount does not open'),
  },
  {
    name: 'another account is debited than was told',
    edits: [{ file: GATE, find: ' or v_notice.payment_method_id <> p_method.id', replace: '' }],
    check: gate('of another account does not open'),
  },
  {
    name: 'a debit goes for a day that its merchant has changed',
    edits: [
      {
        file: GATE,
        find: ' or v_notice.scheduled_for is distinct from p_charge.scheduled_for',
        replace: '',
      },
    ],
    check: gate('of another day does not open'),
  },
  {
    name: 'a debit goes though its notice was refused',
    edits: [{ file: GATE, find: "v_notice.state is distinct from 'sent'", replace: 'v_notice.id is null' }],
    check: gate('whose notice was refused does not open'),
  },
  {
    name: 'two debits go on one notice',
    edits: [{ file: GATE, find: 'a.started_at >= v_notice.created_at)', replace: 'false)' }],
    check: gate('does not open twice on one notice'),
  },
  {
    name: 'repetitions are counted by charge, not by mandate',
    edits: [
      {
        file: GATE,
        find: "make_interval(days => (v_scheme ->> 'within_days')::int)) + p_beside\n",
        replace: 'make_interval(days => 0)) + p_beside\n',
      },
    ],
    check: gate('is presented again twice'),
  },
  {
    name: 'the notice of a later day is counted in bank days where the calendar counts',
    edits: [{ file: PLAN, find: "if (notice.unit === 'calendar') return days;", replace: '' }],
    check: unit('debit/plan-collection', 'as early as may be waits'),
  },
  {
    name: 'what is confirmed past the cut-off counts for the day',
    edits: [{ file: PLAN, find: 'is_late ? addDays(day, 1) : day', replace: 'day' }],
    check: unit('debit/plan-collection', 'that is confirmed past the cut-off'),
  },
  {
    name: 'a collection is wished for on a holiday, and made there',
    edits: [{ file: PLAN, find: 'return nextBankDay(scheme.calendar, day);', replace: 'return day;' }],
    check: unit('debit/plan-collection', 'on a holiday moves'),
  },
  {
    name: 'somebody is told of a debit that has no mandate',
    edits: [
      {
        file: 'src/billing/charge/announce-debit.ts',
        find: "if (found.value === null) return endForMerchant(deps, context, 'mandate_missing', lease);",
        replace: 'if (found.value === null) return null;',
      },
    ],
    check: integration('intake/method-fit', 'a debit without a mandate'),
  },
  {
    name: 'a returned debit is not asked for again',
    edits: [
      {
        file: 'src/store/charge/charge-intake.ts',
        find: '\n                 and (select returned_at from again) is null then',
        replace: ' then',
      },
    ],
    check: integration('debits/late-returns', 'a debit that came back'),
  },
];
