/** What the page says that saves a card or a bank account for later. */
import { unreachable } from '../../platform/errors.ts';
import type { Say } from './say.ts';
import type { Said, SetupPageFacts, SetupPageState } from './texts.ts';

type SaySetup = Say<'setup'>;

export function setupPageTexts(
  say: SaySetup,
  sayPages: Say<'pages'>,
  state: SetupPageState,
  facts: SetupPageFacts,
) {
  const { saves, frequency, scope } = facts;
  const said = sayings(say, state, facts);
  return {
    title: `${said.heading} · ${facts.merchant}`,
    ...said,
    labels: {
      terms: say('label_terms'),
      frequency: say('label_frequency'),
      amount_basis: say('label_amount_basis'),
      limits: say('label_limits'),
      scope: say('label_scope'),
      accepted: say('label_accepted'),
      card: say('label_card'),
      account: say('label_account'),
      until: say('label_until'),
      agreement: say('label_agreement'),
    },
    frequency: say('frequency', { frequency }),
    /** What the agreement does not reach beyond; null without limits. */
    limits: limitsOf(say, facts.limits),
    scope: say('scope', { scope }),
    /** Agree, and go on to enter the card or the account. */
    accept_and_save: say('accept_and_save', { saves }),
    accept: say('accept'),
    save: say('save', { saves }),
    /** Below a button that accepts: what pressing means, and what we keep of it. */
    accept_hint: say('accept_hint', facts),
    /** Below a button that leads on to the page for the card. */
    save_hint: say('save_hint', { saves }),
    withdraw: say('withdraw', facts),
    back: say('back', facts),
    /** The same, if there is something to press. */
    not_now: say('not_now', facts),
    check_again: sayPages('check_again'),
  };
}

function limitsOf(
  say: SaySetup,
  { until, max_charges, max_amount }: SetupPageFacts['limits'],
): string | null {
  const said = [
    max_amount === null ? null : say('limit_amount', max_amount),
    max_charges === null ? null : say('limit_charges', { count: max_charges }),
    until === null ? null : say('limit_until', { until }),
  ].filter((each) => each !== null);
  return said.length === 0 ? null : said.join(', ');
}

function sayings(say: SaySetup, state: SetupPageState, facts: SetupPageFacts): Said {
  switch (state) {
    case 'to_accept': {
      const method = facts.card ?? facts.account;
      if (method === null)
        return { heading: say('to_accept_heading', facts), lead: say('to_accept_lead', facts) };
      const lead = say('missing_lead', { ...facts, method, has_account: facts.account !== null });
      return { heading: say('missing_heading'), lead };
    }
    case 'processing':
      return {
        heading: say('processing_heading', facts),
        lead: `${say('processing_nothing_to_do')} ${say('processing_again', facts)}`,
      };
    case 'to_save':
    case 'saved':
    case 'not_in_use':
    case 'expired':
    case 'canceled':
    case 'failed':
      return { heading: say(`${state}_heading`, facts), lead: say(`${state}_lead`, facts) };
    default:
      return unreachable(state);
  }
}
