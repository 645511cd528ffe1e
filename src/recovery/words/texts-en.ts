import { setupEn } from './setup-texts-en.ts';
import type { Facts, MailTexts, PageState, Said } from './texts.ts';

const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'eftpos',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

export const en = {
  locale: 'en',
  mail,
  page,
  /** The consent that ticking the box gives; stored word for word with its version. */
  future_use: (merchant: string, support_email: string) => ({
    text:
      `${merchant} may charge this card for later bills when I am not there to confirm. ` +
      `I can withdraw this at any time by writing to ${support_email}.`,
    version: 'recovery-en-1',
  }),
  /** The pages that are the same for every visitor. */
  notices: {
    /** 404: unknown, forged, superseded or timed-out link. */
    unusable_link: {
      title: 'This link cannot be used',
      lead:
        'It may be incomplete, out of date, or replaced by a newer one. If it was yours, we can send a fresh ' +
        'one to the address we have on file.',
      button: 'Send me a fresh link',
    },
    /** The answer to every request for a fresh mail. */
    mail_asked: {
      title: 'Look in your inbox',
      lead:
        'If that link belonged to a payment that is still open, a mail with a working link is on its way to the ' +
        'address on file. We send at most one an hour. You can close this page.',
    },
    /** Back from the bank without a cookie. */
    back_from_bank: {
      title: 'Back from your bank',
      heading: setupEn.notices.back_from_checkout.title,
      lead:
        'If you have just been at your bank, it tells us the result directly. To see where your payment stands, ' +
        'open the link in our mail again.',
    },
    /** 403: a POST that our page did not send. */
    refused_press: {
      ...setupEn.notices.refused_press,
      lead: 'The page was open for too long, or was opened in another way. Open the link in our mail again.',
    },
    /** 503: Stripe or the database does not answer. */
    unavailable: {
      ...setupEn.notices.unavailable,
      lead: 'Your card was not charged by this. Go back and press the button again in a minute.',
    },
  },
  questions: (merchant: string) => `Questions? Write to ${merchant}:`,
  /** Where to enter card numbers, and where never to. */
  safe: 'Card numbers are entered at our payment provider only, never on this page.',
  card: (brand: string, last4: string) => `${BRANDS[brand] ?? 'Card'} •••• ${last4}`,
  setup: setupEn,
};

function mail(step: string, facts: Facts): MailTexts {
  if (step.startsWith('method_replaced')) return replacedMail(facts);
  const { merchant, amount, description } = facts;
  const card = facts.card ?? 'your saved card';
  const last = step === 'last_call';
  const reminder = step.startsWith('reminder');
  const opening = facts.is_tried
    ? `${merchant} tried to charge ${amount} for “${description}” to ${card}.`
    : `${merchant} asks you to pay ${amount} for “${description}”. ${capitalized(card)} cannot be charged for it.`;
  const kind =
    facts.kind === 'authenticate'
      ? {
          subject: `Please confirm your payment of ${amount} to ${merchant}`,
          heading: 'Please confirm your payment',
          why: 'Your bank did not refuse it: it asks you to confirm that this payment is yours. That takes a minute.',
          button: `Confirm ${amount}`,
        }
      : {
          subject: `Your payment of ${amount} to ${merchant} needs another card`,
          heading: 'Your payment needs another card',
          why: `${facts.is_tried ? 'The card could not be charged. ' : ''}Please pay with another card.`,
          button: `Pay ${amount}`,
        };
  const subjects = {
    first: kind.subject,
    reminder: `Reminder: your payment of ${amount} to ${merchant} is still open`,
    last: `Last call: your payment of ${amount} to ${merchant} is about to be cancelled`,
  };
  return {
    subject: last ? subjects.last : reminder ? subjects.reminder : subjects.first,
    heading: last ? 'Last call for your payment' : kind.heading,
    paragraphs: [opening, kind.why],
    button: kind.button,
    details: [
      ...(facts.card === null ? [] : [{ label: 'Card', value: facts.card }]),
      { label: 'Open until', value: facts.until },
    ],
    otherwise:
      `If nothing happens until ${facts.until}, the payment is cancelled, you are not charged, and ` +
      `${merchant} learns that it was not paid.`,
    contact: contactText(facts),
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function replacedMail(facts: Facts): MailTexts {
  const { merchant, amount, description } = facts;
  const card = facts.new_card ?? 'A card';
  return {
    subject: `A card was added for your payment to ${merchant}`,
    heading: 'A card was added for your payment',
    paragraphs: [
      `${card} was entered to pay ${amount} for “${description}” to ${merchant}.`,
      'If that was you, there is nothing to do. If it was not, tell us at once.',
    ],
    button: null,
    details: facts.new_card === null ? [] : [{ label: 'New card', value: facts.new_card }],
    otherwise: null,
    contact: contactText(facts),
  };
}

function contactText(facts: Facts): string {
  return (
    `You can reach us without a link, too: write to ${facts.support_email}. ` +
    `${facts.merchant} never asks for your card number or a password by mail.`
  );
}

function page(state: PageState, facts: Facts) {
  const { merchant, amount } = facts;
  const said = sayings(facts)[state];
  return {
    title: `${said.heading} · ${merchant}`,
    ...said,
    labels: { bill: 'Your payment', card: 'Card' },
    confirm: 'Confirm with your bank',
    continue_at_bank: 'Continue at your bank',
    pay_with: facts.new_card_short === null ? `Pay ${amount}` : `Pay ${amount} with ${facts.new_card_short}`,
    pay_with_saved:
      facts.saved_card_short === null ? `Pay ${amount}` : `Pay ${amount} with ${facts.saved_card_short}`,
    saved_hint: `This card is on file already: there is nothing to enter. You pay ${amount} once.`,
    /** Below the button that pays: what comes next. */
    press_hint: `Your bank may show its own page, and then brings you back here. You pay ${amount} once.`,
    replace: 'Use another card',
    replace_again: 'Use a different card',
    /** What pressing "another card" agrees to; recorded as the acceptance of this amount. */
    accept_amount:
      `You enter the card on a secure page of our payment provider. By continuing you agree that ${merchant} ` +
      `charges ${amount} to it, once.`,
    check_again: 'Check again',
    otherwise: `If nothing happens until ${facts.until}, the payment is cancelled and you are not charged.`,
  };
}

function sayings(facts: Facts): Record<PageState, Said> {
  const { merchant, amount } = facts;
  return {
    to_confirm: toConfirm(facts),
    at_bank: {
      heading: 'Your bank is waiting for you',
      lead: 'You went to your bank and have not confirmed there yet. Please continue where you left off.',
    },
    paid: {
      heading: 'Thank you, this is paid',
      lead: `${merchant} has received ${amount}. You can close this page.`,
    },
    processing: {
      heading: 'We are checking your payment',
      lead: 'There is nothing you need to do now. Please do not pay a second time.',
    },
    expired: {
      heading: 'The time for this payment is over',
      lead: `You were not charged. Please talk to ${merchant} about what comes next.`,
    },
    canceled: {
      heading: 'This payment was cancelled',
      lead: 'You were not charged, and there is nothing to do.',
    },
    failed_try: {
      heading: 'That did not go through',
      lead: 'You were not charged. You can try again, or use another card.',
    },
  };
}

function toConfirm({ merchant, new_card, kind }: Facts): Said {
  if (new_card !== null)
    return {
      heading: 'Your new card is ready',
      lead: `${new_card} was saved. Nothing has been charged to it yet.`,
    };
  return kind === 'authenticate'
    ? {
        heading: 'Please confirm this payment',
        lead:
          `${merchant} tried to charge your saved card. Your bank did not refuse: it wants to be sure that ` +
          'it is you. That takes a minute.',
      }
    : {
        heading: 'This payment needs another card',
        lead: `Your saved card could not be charged. Nothing is lost: pay ${merchant} with another one.`,
      };
}
