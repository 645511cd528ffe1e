import type { SetupPageState } from '../setup-page/setup-state.ts';
import type { SetupPageFacts, SetupPageTexts, SetupTexts } from './setup-texts.ts';

export const setupEn: SetupTexts = {
  page,
  unusable_link: {
    title: 'This link cannot be used',
    heading: 'This link cannot be used',
    lead: 'It may be incomplete, or not be meant for this page. Go back to the shop that sent you and start again there.',
  },
  refused_press: {
    title: 'That did not work',
    heading: 'That did not work',
    lead: 'The page was open for too long, or was opened in another way. Nothing was saved. Open the link again.',
  },
  back_from_checkout: {
    title: 'You can close this page',
    heading: 'You can close this page',
    lead: 'If you have just entered a card, it is on its way to us. To see what is saved, open the link again.',
  },
  unavailable: {
    title: 'One moment',
    heading: 'One moment, please',
    lead: 'The page for your card could not be opened yet. Nothing was charged. Go back and press the button again in a minute.',
  },
};

function page(state: SetupPageState, facts: SetupPageFacts): SetupPageTexts {
  const { merchant, support_email } = facts;
  const { heading, lead } = stateTexts(state, facts);
  return {
    title: `${heading} · ${merchant}`,
    heading,
    lead,
    labels: {
      terms: 'What you agree to',
      frequency: 'How often',
      amount_basis: 'How much',
      scope: 'When',
      accepted: 'You agreed',
      card: 'Card',
      until: 'Open until',
      agreement: 'The agreement',
    },
    frequency:
      facts.frequency === 'one_time' ? 'One charge, once' : 'Again and again, until you withdraw this',
    scope:
      facts.scope === 'off_session'
        ? 'Also when you are not there to confirm'
        : 'Only while you are there to confirm',
    accept_and_save: 'Agree and enter card',
    accept: 'Agree',
    save: 'Enter card',
    accept_hint:
      `By pressing you allow ${merchant} to charge your card as written here. The time, your internet address ` +
      'and your browser are kept as proof of it.',
    save_hint: 'You enter the card on a secure page of our payment provider. Nothing is charged now.',
    withdraw: `You can withdraw this at any time by writing to ${support_email}.`,
    back: `Back to ${merchant}`,
    not_now: `Not now, back to ${merchant}`,
    check_again: 'Check again',
  };
}

function stateTexts(
  state: SetupPageState,
  { merchant, card }: SetupPageFacts,
): { heading: string; lead: string } {
  switch (state) {
    case 'to_accept':
      return card === null
        ? {
            heading: 'Save a card for later',
            lead: `${merchant} asks to keep a card of yours on file. Please read when and how it may be charged.`,
          }
        : {
            heading: 'Your agreement is still missing',
            lead: `${card} is saved, but ${merchant} may not charge it before you agree.`,
          };
    case 'to_save':
      return {
        heading: 'Now enter your card',
        lead: 'You have agreed. No card is saved yet.',
      };
    case 'processing':
      return {
        heading: 'We are checking your card',
        lead: 'There is nothing you need to do now.',
      };
    case 'saved':
      return {
        heading: 'Your card is saved',
        lead: `${merchant} can charge it as you agreed. Nothing has been charged by saving it.`,
      };
    case 'not_in_use':
      return {
        heading: 'This card is not in use',
        lead: `${merchant} does not charge it. If that surprises you, please talk to them.`,
      };
    case 'expired':
      return {
        heading: 'The time for this is over',
        lead: `${merchant} charges no card because of this page. Go back to them to start again.`,
      };
    case 'canceled':
      return {
        heading: 'This is no longer needed',
        lead: `${merchant} has taken the request back. No card was saved by it.`,
      };
    case 'failed':
      return {
        heading: 'No card could be saved',
        lead: `Nothing was charged. Go back to ${merchant} to start again, perhaps with another card.`,
      };
    default:
      return state satisfies never;
  }
}
