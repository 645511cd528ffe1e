import type { Said, SetupPageFacts, SetupPageState } from './texts.ts';

/** The words of the set-up page, and those that the payment's page shares with it. */
export const setupEn = {
  page,
  notices: {
    unusable_link: {
      title: 'This link cannot be used',
      lead: 'It may be incomplete, or not be meant for this page. Go back to the shop that sent you and start again there.',
    },
    refused_press: {
      title: 'That did not work',
      lead: 'The page was open for too long, or was opened in another way. Nothing was saved. Open the link again.',
    },
    /** Back from Checkout without a cookie. */
    back_from_checkout: {
      title: 'You can close this page',
      lead: 'If you have just entered a card, it is on its way to us. To see what is saved, open the link again.',
    },
    /** 403: a browser without the cookie, whose page this may or may not be. */
    cookies_needed: {
      title: 'Please open the link in your browser',
      lead:
        'This page opens with the link that you were given and needs a cookie, which your browser did not send: it may ' +
        'block cookies, or the link was opened too long ago. Open the link again in your usual browser, such as ' +
        'Chrome, Firefox or Safari, and allow cookies there.',
    },
    /** 503: no page for the card could be opened. */
    no_checkout: {
      title: 'One moment',
      heading: 'One moment, please',
      lead:
        'The page for your card could not be opened yet. No card was saved by pressing just now. This page comes back ' +
        'by itself in a moment, and you can try again there.',
      back: 'Go back',
    },
    /** 503, to any other form. */
    not_taken: {
      title: 'One moment',
      heading: 'One moment, please',
      lead: 'That could not be done just now. Please go back and try again in a minute.',
    },
    /** 503, to a look. */
    cannot_show: {
      title: 'One moment',
      heading: 'One moment, please',
      lead: 'This page cannot be shown right now. If it does not come back within a few minutes, open the link again later.',
    },
  },
};

function page(state: SetupPageState, facts: SetupPageFacts) {
  const { merchant, support_email } = facts;
  const said = sayings(facts)[state];
  return {
    title: `${said.heading} · ${merchant}`,
    ...said,
    labels: {
      terms: 'What you agree to',
      frequency: 'How often',
      amount_basis: 'How much',
      limits: 'Not more than',
      scope: 'When',
      accepted: 'You agreed',
      card: 'Card',
      until: 'Open until',
      agreement: 'The agreement',
    },
    frequency:
      facts.frequency === 'one_time' ? 'One charge, once' : 'Again and again, until you withdraw this',
    /** What the agreement does not reach beyond; null without limits. */
    limits: limitsOf(facts.limits),
    scope:
      facts.scope === 'off_session'
        ? 'Also when you are not there to confirm'
        : 'Only while you are there to confirm',
    /** Agree, and go on to enter the card. */
    accept_and_save: 'Agree and enter card',
    accept: 'Agree',
    save: 'Enter card',
    /** Below a button that accepts: what pressing means, and what we keep of it. */
    accept_hint:
      `By pressing you allow ${merchant} to charge your card as written here. The time, your internet address ` +
      'and your browser are kept as proof of it.',
    /** Below a button that leads on to the page for the card. */
    save_hint: 'You enter the card on a secure page of our payment provider. Nothing is charged now.',
    withdraw: `You can withdraw this at any time by writing to ${support_email}.`,
    back: `Back to ${merchant}`,
    /** The same, if there is something to press. */
    not_now: `Not now, back to ${merchant}`,
    check_again: 'Check again',
  };
}

function limitsOf({ until, max_charges, max_amount }: SetupPageFacts['limits']): string | null {
  const said = [
    max_amount === null
      ? null
      : `${max_amount.amount} ${max_amount.per === 'month' ? 'a month' : 'each time'}`,
    max_charges === null ? null : max_charges === 1 ? 'one charge' : `${max_charges} charges`,
    until === null ? null : `until ${until}`,
  ].filter((each) => each !== null);
  return said.length === 0 ? null : said.join(', ');
}

function sayings({ merchant, card, looks_again }: SetupPageFacts): Record<SetupPageState, Said> {
  return {
    to_accept:
      card === null
        ? {
            heading: 'Save a card for later',
            lead: `${merchant} asks to keep a card of yours on file. Please read when and how it may be charged.`,
          }
        : {
            heading: 'Your agreement is still missing',
            lead: `${card} is saved, but ${merchant} may not charge it before you agree.`,
          },
    to_save: {
      heading: 'Now enter your card',
      lead: 'You have agreed. No card is saved yet.',
    },
    processing: {
      heading: 'We are checking your card',
      lead:
        'There is nothing you need to do now. ' +
        (looks_again
          ? 'This page looks again by itself.'
          : 'To see how it stands, open the link again later.'),
    },
    saved: {
      heading: 'Your card is saved',
      lead: `${merchant} can charge it as you agreed. Nothing has been charged by saving it.`,
    },
    not_in_use: {
      heading: 'This card is not in use',
      lead: `${merchant} does not charge it. If that surprises you, please talk to them.`,
    },
    expired: {
      heading: 'The time for this is over',
      lead: `${merchant} charges no card because of this page. Go back to them to start again.`,
    },
    canceled: {
      heading: 'This is no longer needed',
      lead: `${merchant} has taken the request back. No card was saved by it.`,
    },
    failed: {
      heading: 'No card could be saved',
      lead: `Nothing was charged. Go back to ${merchant} to start again, perhaps with another card.`,
    },
  };
}
