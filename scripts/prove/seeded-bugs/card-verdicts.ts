/** A network's verdict on a card: who heeds it, about which card it is, and what ends it. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const NOTICES = 'migrations/0027_debit_notices.sql';

const MIGRATION = 'migrations/0015_card_verdicts.sql';
const SENDING = 'migrations/0024_lean_charging.sql';
const SETTLED = 'src/store/charge/card-verdicts.ts';
const VERDICT = 'src/domain/decline/verdict.ts';
const VERDICTS = 'methods/card-verdicts';
const LIMITS = 'methods/decline-limits';
const OPEN =
  'not exists (select from verdict_on(m)) and limited_until(m, c.id, w.beside, p_limits) is null),';
const RACE = 'that comes between a sending and the next is asked for again';

export const cardVerdicts: readonly Mutation[] = [
  {
    name: 'a closed card is tried by every further charge',
    edits: [
      { file: NOTICES, find: OPEN, replace: 'limited_until(m, c.id, w.beside, p_limits) is null),' },
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: "  if (closed !== null) return { do: 'heed_verdict', closed };\n",
        replace: '',
      },
    ],
    check: integration(VERDICTS, 'keeps three further charges from it'),
  },
  {
    name: 'an attempt is sent again with a card that was closed meanwhile',
    edits: [
      { file: NOTICES, find: OPEN, replace: 'limited_until(m, c.id, w.beside, p_limits) is null),' },
      {
        file: 'src/store/charge/charge-context.ts',
        find: "(a.kind = 'on_session' or not exists (select from verdict_on(u))))",
        replace: 'true)',
      },
    ],
    check: integration(VERDICTS, RACE),
  },
  {
    name: 'a verdict stands though the network has renewed the card',
    edits: [{ file: MIGRATION, find: 'v.data = card_data(p) or', replace: "v.data <> '' or" }],
    check: integration(VERDICTS, 'keeps three further charges from it'),
  },
  {
    name: 'a decline of the old card closes the renewed one',
    edits: [
      {
        file: SETTLED,
        find: 'or m.renewed_at is null or m.renewed_at <= w.tried_at)',
        replace: 'or true)',
      },
    ],
    check: integration(VERDICTS, 'is not about what was tried before'),
  },
  {
    name: 'a card is not known again at another customer',
    edits: [
      {
        file: 'src/stripe/client.ts',
        find: 'instanceKey === undefined ? null : cardMark(instanceKey, fingerprint)',
        replace: 'fingerprint === null || instanceKey !== undefined ? null : fingerprint',
      },
    ],
    check: integration(VERDICTS, 'keeps three further charges from it'),
  },
  {
    name: 'a verdict is forgotten when it becomes known which card a method is',
    edits: [
      {
        file: MIGRATION,
        find: 'v.card_id in (p.card_id, p.id)\n    and (v.cust',
        replace: 'v.card_id = p.card_id\n    and (v.cust',
      },
    ],
    check: integration(VERDICTS, 'is not shared by methods that were never read'),
  },
  {
    name: "a network's code closes another network's card",
    edits: [
      {
        file: SETTLED,
        find: "where said->>'network' is null or said->>'network' = m.card_brand order by nth",
        replace: 'order by nth',
      },
    ],
    check: integration(VERDICTS, 'pm_card_ae_mastercard after'),
  },
  {
    name: 'a revoked agreement closes the card for everybody',
    edits: [
      {
        file: SETTLED,
        find: "case when s.said->>'scope' = 'agreement' then m.customer_id else '' end",
        replace: "''",
      },
    ],
    check: integration(VERDICTS, 'ends this customer’s charges unasked'),
  },
  {
    name: 'who has paid with the card is not believed to want to',
    edits: [{ file: SETTLED, find: 'where w.card_paid and v.card_id', replace: 'where false and v.card_id' }],
    check: integration(VERDICTS, 'ends this customer’s charges unasked'),
  },
  {
    name: 'a newer consent does not outlive the verdict on an older one',
    edits: [
      {
        file: MIGRATION,
        find: '            and not exists (select from consents n where n.id = p.consent_id and n.accepted_at > v.at))\n',
        replace: ')\n',
      },
    ],
    check: integration(VERDICTS, 'is over when its customer has agreed anew'),
  },
  {
    name: 'a closed default keeps a charge from the other card',
    edits: [
      {
        file: SENDING,
        find: ' and not exists (select from verdict_on(d));',
        replace: ';',
      },
    ],
    check: integration(VERDICTS, 'leads a charge that follows to another card'),
  },
  {
    name: 'the customer cannot press with a closed card',
    edits: [
      {
        file: NOTICES,
        find: 'and (w.is_automatic is not true or m.id is null\n',
        replace: 'and (m.id is null\n',
      },
    ],
    check: integration(VERDICTS, 'lets the customer press all the same'),
  },
  {
    name: 'who told their bank to end an agreement is asked for another card',
    edits: [
      {
        file: 'src/domain/decline/decline-outcome.ts',
        find: "closed.asks === 'stop' ? closeForMerchant : ",
        replace: '',
      },
    ],
    check: integration(VERDICTS, 'ends this customer’s charges unasked'),
  },
  {
    name: 'a charge on a closed card is taken in without a warning',
    edits: [
      { file: 'src/store/charge/charge-intake.ts', find: "then 'card_closed' end", replace: 'then null end' },
    ],
    check: integration(VERDICTS, 'is taken in with a warning'),
  },
  {
    name: 'a decline that is to be tried again closes the card',
    edits: [
      {
        file: VERDICT,
        find: "  if (asks !== 'replace' && asks !== 'stop') return [];\n",
        replace:
          "  if (asks !== 'replace' && asks !== 'stop') return verdictsOf({ ...codes, advice_code: 'do_not_try_again' });\n",
      },
    ],
    check: unit('domain/verdict', 'that is to be tried again closes nothing'),
  },
  {
    name: 'a card is tried beyond the limit of its network',
    edits: [
      { file: NOTICES, find: 'and limited_until(m, c.id, w.beside, p_limits) is null),', replace: '),' },
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: "return limited_until === null ? { do: 'attempt' } : decideLimited(context, limited_until, policy);",
        replace: "return { do: 'attempt' };",
      },
    ],
    check: integration(LIMITS, 'is tried once the oldest decline is out of the window'),
  },
  {
    name: 'two charges are both the last try before the limit',
    edits: [
      {
        file: NOTICES,
        find: 'limited_until(m, c.id, w.beside, p_limits)',
        replace: 'limited_until(m, c.id, 0, p_limits)',
      },
    ],
    check: integration(LIMITS, 'by one charge at a time'),
  },
  {
    name: 'a charge waits for weeks until its card may be tried again',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: 'return isWithinSchedule\n',
        replace: 'return isWithinSchedule || true\n',
      },
    ],
    check: integration(LIMITS, 'is not waited for longer than for a retry'),
  },
];
