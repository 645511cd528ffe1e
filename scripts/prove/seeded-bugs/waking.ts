/** A card that is new is tried at once: on which bills, one at a time, and each once. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const WAKING = 'src/domain/charge/waking.ts';
const RULE = 'domain/waking';

export const waking: readonly Mutation[] = [
  {
    name: 'nothing is tried anew with another default',
    edits: [
      { file: 'migrations/0007_method_of_the_day.sql', find: '  new.due_at := dc_now();\n', replace: '' },
    ],
    check: integration('methods/waking', 'pays three bills of a customer whose card was dead'),
  },
  {
    name: 'a card that did not pay one bill is tried on the next',
    edits: [
      {
        file: WAKING,
        find: "return isStill ? { do: 'wake', charge: woken.charge } : { do: 'end' };",
        replace: "if (isStill) return { do: 'wake', charge: woken.charge };",
      },
    ],
    check: integration('methods/waking', 'is tried on the next bill only after it has paid one'),
  },
  {
    name: 'a card is tried on several bills at once',
    edits: [
      {
        file: WAKING,
        find: "if (isUnderWay(woken, method_id)) return { do: 'wait' };",
        replace: "if (isUnderWay(woken, method_id)) return { do: 'end' };",
      },
      {
        file: WAKING,
        find: "woken.charge.state !== 'succeeded')",
        replace: "woken.charge.state === 'canceled')",
      },
    ],
    check: unit(RULE, 'waits for the one that was woken'),
  },
  {
    name: 'a card is tried again whenever it becomes the default',
    edits: [{ file: WAKING, find: '    !isTried(context) &&\n', replace: '' }],
    check: integration('methods/waking', 'is tried once, though it becomes the default again'),
  },
  {
    name: 'a charge is woken beside an open press',
    edits: [
      { file: WAKING, find: "  if (openAttemptOf(context) !== null) return 'attempt_open';\n", replace: '' },
    ],
    check: unit(RULE, 'beside an open press is not'),
  },
  {
    name: 'a charge is woken after later use was written',
    edits: [
      { file: WAKING, find: "  if (charge.future_use_at !== null) return 'future_use';\n", replace: '' },
    ],
    check: unit(RULE, 'is not, once later use was written'),
  },
  {
    name: 'a try that was woken does not count among the four',
    edits: [
      {
        file: WAKING,
        find: 'automaticAttempts(attempts) >= policy.automaticAttemptsMax',
        replace: 'automaticAttempts(attempts) >= 2 * policy.automaticAttemptsMax',
      },
    ],
    check: unit(RULE, 'and was tried four times is not'),
  },
  {
    name: 'a card of another brand counts as renewed',
    edits: [
      {
        file: 'src/store/customer/payment-methods.ts',
        find: 'select id, card_exp_month is not null and card_brand = ',
        replace: 'select id, card_exp_month is not null or card_brand = ',
      },
    ],
    check: integration('methods/waking', 'of another brand is tried by nobody'),
  },
  {
    name: 'a renewed card wakes nothing',
    edits: [
      {
        file: 'src/store/customer/payment-methods.ts',
        find: 'where u.id = r.customer_id and r.is_renewed',
        replace: 'where u.id = r.customer_id and not r.is_renewed',
      },
    ],
    check: integration('methods/waking', 'pays what waits for it at once'),
  },
  {
    name: 'a waking waits for a bill that was tried with another card meanwhile',
    edits: [
      {
        file: WAKING,
        find: 'charge.due_at !== null && charge.due_at.getTime() <= context.now.getTime() + HELD_UP_MS;',
        replace: 'charge.due_at !== null && charge.due_at.getTime() <= Infinity + HELD_UP_MS;',
      },
    ],
    check: unit('domain/waking', 'is that one again, which was tried with another card'),
  },
  {
    name: 'a waking goes on beside a try of a bill that is to be closed',
    edits: [
      {
        file: WAKING,
        find: 'if (openAttemptOf(context) !== null) return true;',
        replace: 'if (openAttemptOf(context) !== null) return context.charge.close_requested_at === null;',
      },
    ],
    check: unit('domain/waking', 'waits for the answer about one that is to be closed'),
  },
  {
    name: 'a waking forgets the bill whose customer went back to the old card before its turn',
    edits: [
      {
        file: WAKING,
        find: 'const isDone = context.method.id === method_id && isTried(context);',
        replace: 'const isDone = context.method.id !== method_id || isTried(context);',
      },
    ],
    check: integration('methods/waking', 'goes and comes again before the turn of the bill that it woke'),
  },
  {
    name: 'a waking forgets whom it woke when the next has moved',
    edits: [
      {
        file: 'src/store/customer/waking.ts',
        find: 'w.id is null then u.waking_charge_id else w.id end,',
        replace: 'w.id is null then null else w.id end,',
      },
    ],
    check: integration('methods/waking', 'keeps in mind whom it woke while the next cannot be woken'),
  },
];
