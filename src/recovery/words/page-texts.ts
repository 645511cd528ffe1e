/** What the page of a payment says. */
import { unreachable } from '../../platform/errors.ts';
import { valuesOf } from './mail-texts.ts';
import type { Say } from './say.ts';
import type { Facts, PageState, Said } from './texts.ts';

type SayPages = Say<'pages'>;

export function pageTexts(say: SayPages, sayMails: Say<'mails'>, state: PageState, facts: Facts) {
  const values = valuesOf(facts);
  const said = sayings(say, state, facts);
  const { by, new_by, new_short, saved_card_short } = facts;
  const short = { ...values, short: new_short ?? '' };
  return {
    title: `${said.heading} · ${facts.merchant}`,
    ...said,
    labels: {
      bill: say('label_bill'),
      method: say(shownBy(facts) === 'bank' ? 'label_account' : 'label_card'),
      document: say('label_document'),
      dated: say('label_dated'),
      read_document: say('label_read_document'),
    },
    fresh_mail: say('fresh_mail'),
    confirm: facts.retry_at === null ? say('confirm') : say('pay_now', values),
    continue_at_bank: say('continue_at_bank'),
    pay_with:
      new_short === null ? say('pay', values) : say(new_by === 'bank' ? 'pay_from' : 'pay_with', short),
    pay_with_saved:
      saved_card_short === null
        ? say('pay', values)
        : say('pay_with', { ...values, short: saved_card_short }),
    saved_hint: say('saved_hint', values),
    /** Below the button that pays: what comes next. */
    press_hint: say(shownBy(facts) === 'bank' ? 'debit_hint' : 'press_hint', values),
    replace: say('replace', values),
    replace_again: say('replace_again', { by: by === 'bank' || new_by === 'bank' ? 'bank' : 'card' }),
    /** What pressing "another card" agrees to; recorded as the acceptance of this amount. */
    accept_amount: say('accept_amount', values),
    /** In place of that button for a while. */
    replace_refused: say('replace_refused', values),
    check_again: say('check_again'),
    otherwise: sayMails('otherwise', values),
  };
}

/** What the bill names and its button pays with: what was entered instead, once it was. */
const shownBy = ({ by, new_by, new_method }: Facts) => (new_method === null ? by : new_by);

function sayings(say: SayPages, state: PageState, facts: Facts): Said {
  const values = valuesOf(facts);
  switch (state) {
    case 'to_confirm':
      return toConfirm(say, facts);
    case 'processing':
      return checking(say, facts);
    case 'paid':
      return {
        heading: say('paid_heading'),
        lead: say('paid_lead', { ...values, has_others: facts.others_open > 0 }),
      };
    case 'expired':
      return { heading: say('expired_heading'), lead: ended(say, facts) };
    case 'canceled':
      return {
        heading: say('canceled_heading', { is_proven: facts.is_proven_uncharged }),
        lead: say('canceled_lead', { ...values, is_proven: facts.is_proven_uncharged }),
      };
    case 'at_bank':
    case 'failed_try':
    case 'unfinished':
    case 'ask_merchant':
      return { heading: say(`${state}_heading`), lead: say(`${state}_lead`, values) };
    default:
      return unreachable(state);
  }
}

/** Nobody knows yet; of a debit, when its money moves, when somebody will know, and that nobody can stop it. */
function checking(say: SayPages, facts: Facts): Said {
  const { is_debit_on_its_way, collects_on, expected_on, looks_again } = facts;
  const nothing = say('processing_nothing_to_do');
  const heading = say('processing_heading', { is_debit: is_debit_on_its_way });
  if (!is_debit_on_its_way)
    return { heading, lead: `${nothing} ${say('processing_again', { looks_again })}` };
  const when = say('processing_debit', {
    ...facts,
    has_day: collects_on !== null && expected_on !== null,
    collects_on: collects_on ?? '',
    expected_on: expected_on ?? '',
  });
  return { heading, lead: `${when} ${nothing} ${say('processing_debit_again')}` };
}

/** What the end means, as the merchant has ruled; that nothing was charged with Stripe's word only. */
function ended(say: SayPages, facts: Facts): string {
  const lead = say('expired_lead', { ...facts });
  const says_uncharged = facts.is_proven_uncharged && facts.on_expiry !== 'keep_open';
  return says_uncharged ? `${say('expired_uncharged')} ${lead}` : lead;
}

function toConfirm(say: SayPages, facts: Facts): Said {
  const values = valuesOf(facts);
  const asks = asksFor(facts);
  const lead = {
    pay_new: 'to_confirm_new',
    pay_new_account: 'to_confirm_new',
    early: 'to_confirm_early',
    authenticate: 'to_confirm_authenticate',
    account_or_card: 'to_confirm_replace',
    card: 'to_confirm_replace',
  } as const;
  return {
    heading: say('to_confirm_heading', { asks }),
    lead: say(lead[asks], { ...values, new_method: facts.new_method ?? '' }),
  };
}

function asksFor({ new_method, new_by, retry_at, kind, by }: Facts) {
  if (new_method !== null) return new_by === 'bank' ? 'pay_new_account' : 'pay_new';
  if (retry_at !== null) return 'early';
  if (kind === 'authenticate') return 'authenticate';
  return by === 'bank' ? 'account_or_card' : 'card';
}
