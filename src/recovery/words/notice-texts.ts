/** The pages that are the same for every visitor. */
import type { Say } from './say.ts';

type SayNotices = Say<'notices'>;

/** Around a payment. */
export function pageNotices(say: SayNotices) {
  return {
    /** 404: unknown, forged, superseded or timed-out link. */
    unusable_link: {
      title: say('unusable_link_title'),
      lead: say('unusable_link_lead'),
      button: say('unusable_link_button'),
    },
    /** The answer to every request for a fresh mail: never more than we do. */
    mail_asked: { title: say('mail_asked_title'), lead: say('mail_asked_lead') },
    /** 403: a browser without the cookie, whose page this may or may not be. */
    cookies_needed: { title: say('cookies_needed_title'), lead: say('cookies_needed_lead') },
    /** Back from the bank without a cookie. */
    back_from_bank: {
      title: say('back_from_bank_title'),
      heading: say('back_from_bank_heading'),
      lead: say('back_from_bank_lead'),
    },
    /** 403: a POST that our page did not send. */
    refused_press: { title: say('refused_press_title'), lead: say('refused_press_lead') },
    /** 503, to a press that ended before anything left for Stripe. */
    unsent: {
      title: say('unsent_title'),
      heading: say('unsent_heading'),
      lead: say('unsent_lead'),
      back: say('unsent_back'),
    },
    /** 503, to a press that ended when its confirm may have left for Stripe. */
    checking: { title: say('checking_title'), lead: say('checking_lead'), back: say('checking_back') },
    /** 503: no page for another card could be opened. */
    no_checkout: {
      title: say('no_checkout_title'),
      heading: say('no_checkout_heading'),
      lead: say('no_checkout_lead'),
      back: say('no_checkout_back'),
    },
    /** 503, to any other form. */
    not_taken: notTaken(say),
    /** 503, to a look. */
    cannot_show: { ...cannotShow(say), lead: `${say('cannot_show_lead')} ${say('cannot_show_once')}` },
  };
}

/** Around a set-up. */
export function setupNotices(say: SayNotices) {
  return {
    unusable_link: { title: say('unusable_link_title'), lead: say('setup_unusable_link_lead') },
    refused_press: { title: say('refused_press_title'), lead: say('setup_refused_press_lead') },
    /** Back from Checkout without a cookie. */
    back_from_checkout: {
      title: say('setup_back_from_checkout_title'),
      lead: say('setup_back_from_checkout_lead'),
    },
    /** 403: a browser without the cookie, whose page this may or may not be. */
    cookies_needed: { title: say('cookies_needed_title'), lead: say('setup_cookies_needed_lead') },
    /** 503: no page for the card could be opened. */
    no_checkout: {
      title: say('no_checkout_title'),
      heading: say('no_checkout_heading'),
      lead: say('setup_no_checkout_lead'),
      back: say('setup_no_checkout_back'),
    },
    not_taken: notTaken(say),
    cannot_show: cannotShow(say),
  };
}

const notTaken = (say: SayNotices) => ({
  title: say('not_taken_title'),
  heading: say('not_taken_heading'),
  lead: say('not_taken_lead'),
});

const cannotShow = (say: SayNotices) => ({
  title: say('cannot_show_title'),
  heading: say('cannot_show_heading'),
  lead: say('cannot_show_lead'),
});
