import { mail, otherwise } from './mail-texts-en.ts';
import { setupEn } from './setup-texts-en.ts';
import { mailOfSeveral } from './several-bills-en.ts';
import type { Facts, PageState, Said } from './texts.ts';

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
  mailOfSeveral,
  page,
  several,
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
        'It may be incomplete, out of date, or replaced by a newer one. If it was yours, you can ask for a fresh ' +
        'one, which goes to the address we have on file.',
      button: 'Send me a fresh link',
    },
    /** The answer to every request for a fresh mail: never more than we do. */
    mail_asked: {
      title: 'Look in your inbox',
      lead:
        'If that link belonged to a payment that is still open, and mails reach the address on file, one with a ' +
        'working link is on its way there. We send at most one an hour. If none comes, please write to us.',
    },
    /** 403: a browser without the cookie, whose page this may or may not be. */
    cookies_needed: {
      title: 'Please open the link in your browser',
      lead:
        'This page opens with the link in our mail and needs a cookie, which your browser did not send: it may block ' +
        'cookies, or the link was opened too long ago. Open the link again in your usual browser, such as Chrome, ' +
        'Firefox or Safari, and allow cookies there.',
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
    /** 503, to a press that ended before anything left for Stripe. */
    unsent: {
      title: 'One moment',
      heading: 'One moment, please',
      lead:
        'Nothing was sent to your bank by pressing just now. Your payment’s page comes back by itself in a moment, ' +
        'and shows what you can do.',
      back: 'Back to your payment',
    },
    /** 503, to a press that ended when its confirm may have left for Stripe. */
    checking: {
      title: 'We are checking your payment',
      lead:
        'We do not know yet whether it went through. Please do not pay a second time: your payment’s page comes ' +
        'back by itself in a moment, and says how it stands.',
      back: 'Check again',
    },
    /** 503: no page for another card could be opened. */
    no_checkout: {
      title: 'One moment',
      heading: 'One moment, please',
      lead:
        'The page for your card could not be opened yet. Nothing was sent to your bank by pressing just now. Your ' +
        'payment’s page comes back by itself in a moment, and you can try again there.',
      back: 'Back to your payment',
    },
    /** 503, to any other form. */
    not_taken: setupEn.notices.not_taken,
    /** 503, to a look. */
    cannot_show: {
      ...setupEn.notices.cannot_show,
      lead: `${setupEn.notices.cannot_show.lead} If you have just paid, please do not pay a second time.`,
    },
  },
  questions: (merchant: string) => `Questions? Write to ${merchant}:`,
  /** Where to enter card numbers, and where never to. */
  safe: 'Card numbers are entered at our payment provider only, never on this page.',
  card: (brand: string, last4: string) => `${BRANDS[brand] ?? 'Card'} •••• ${last4}`,
  setup: setupEn,
};

/** What the end means, as the merchant has ruled. */
function ended(facts: Facts): string {
  const { merchant, on_expiry } = facts;
  switch (on_expiry) {
    case 'close':
      return `${uncharged(facts)}This request has ended, and ${merchant} may be in touch about the amount.`;
    case 'release':
      return `${uncharged(facts)}This request has ended, and you owe nothing.`;
    case 'keep_open':
      return 'The amount is still open. To pay it, ask for a fresh link.';
  }
}

function page(state: PageState, facts: Facts) {
  const { merchant, amount } = facts;
  const said = sayings(facts)[state];
  return {
    title: `${said.heading} · ${merchant}`,
    ...said,
    labels: {
      bill: 'Your payment',
      card: 'Card',
      document: 'Document',
      dated: 'Dated',
      read_document: 'Read the document',
    },
    fresh_mail: 'Send me a fresh link',
    confirm: facts.retry_at === null ? 'Confirm with your bank' : `Pay ${amount} now`,
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
    /** In place of that button for a while. */
    replace_refused: `Another card cannot be added here right now. Please write to ${merchant} if you need one.`,
    check_again: 'Check again',
    otherwise: otherwise(facts),
  };
}

/** Above and below the customer's other bills on one page. */
function several(shown: number, has_more: boolean) {
  return {
    also_open: shown === 1 ? 'One more bill is open' : `${shown} more bills are open`,
    and_more: has_more ? 'Others are open too. They appear here as these are paid.' : null,
  };
}

function sayings(facts: Facts): Record<PageState, Said> {
  const { merchant, amount } = facts;
  return {
    to_confirm: toConfirm(facts),
    at_bank: {
      heading: 'Please continue at your bank',
      lead: 'We have not heard from your bank yet that you confirmed there. Please continue where you left off.',
    },
    paid: {
      heading: 'Thank you, this is paid',
      lead:
        facts.others_open === 0
          ? `${merchant} has received ${facts.received}. You can close this page.`
          : `${merchant} has received ${facts.received}. What else is open is below.`,
    },
    processing: {
      heading: 'We are checking your payment',
      lead:
        'There is nothing you need to do now. Please do not pay a second time. ' +
        (facts.looks_again
          ? 'This page looks again by itself.'
          : 'To see how it stands, look again later, or open the link in our mail again.'),
    },
    expired: {
      heading: 'The time for this payment is over',
      lead: ended(facts),
    },
    canceled: facts.is_proven_uncharged
      ? { heading: 'This payment was cancelled', lead: 'You were not charged, and there is nothing to do.' }
      : {
          heading: 'This request has ended',
          lead: `There is nothing to do here. Please talk to ${merchant} about this payment.`,
        },
    failed_try: {
      heading: 'That did not go through',
      lead: 'You were not charged. You can try once more below.',
    },
    unfinished: {
      heading: 'That was not finished',
      lead: `We have not heard that it went through. You can try once more below: you pay ${amount} once.`,
    },
    ask_merchant: {
      heading: 'This cannot be paid here',
      lead: `No button here would help now. Please write to ${merchant} about this payment.`,
    },
  };
}

/** Said with Stripe's word only. */
const uncharged = ({ is_proven_uncharged }: Facts): string =>
  is_proven_uncharged ? 'You were not charged. ' : '';

function toConfirm({ merchant, new_card, kind, was_tried, amount, retry_at }: Facts): Said {
  if (new_card !== null)
    return {
      heading: 'Your new card is ready',
      lead: `${new_card} was saved. Nothing has been charged to it yet.`,
    };
  if (retry_at !== null)
    return {
      heading: 'This payment did not go through yet',
      lead: `${merchant} tries your saved card again on ${retry_at}. You can pay before that, with this card or another.`,
    };
  return kind === 'authenticate'
    ? {
        heading: 'Please confirm this payment',
        lead:
          (was_tried
            ? `${merchant} tried to charge your saved card. Your bank`
            : `${merchant} asks you to pay ${amount}. Your bank`) +
          ' wants to be sure that it is you. That takes a minute.',
      }
    : {
        heading: 'This payment needs another card',
        lead: was_tried
          ? `Your saved card could not be charged. Please pay ${merchant} with another one.`
          : `There is no card on file that ${merchant} can charge for this. Please pay with another one.`,
      };
}
