import type Stripe from 'stripe';
import type { ErrorBody } from './http/errors.ts';
import type { Wire } from './wire-type.ts';

type AdviceCode = NonNullable<Wire<Stripe.Charge.Outcome>['advice_code']>;

/** A refused attempt, as the issuer and the network put it. */
export interface Decline {
  /** Absent of a challenge under `error_on_requires_action`. */
  code?: NonNullable<ErrorBody['code']>;
  /** Absent for the codes that Stripe's testing page lists as "n/a". */
  decline_code?: string;
  message: string;
  /** The field of the card that is wrong. */
  param?: string;
  advice_code?: AdviceCode;
  network_advice_code?: string;
  network_decline_code?: string;
}

/** What a script may say instead of a bare decline code. */
export interface ScriptedDecline {
  decline_code: string;
  advice_code?: AdviceCode;
  network_advice_code?: string;
  network_decline_code?: string;
}

const GENERIC = 'Your card was declined.';

// Codes of the network and of its advice as recorded of Visa cards in a sandbox, August 2026.
const named: Readonly<Record<string, Decline>> = {
  generic_decline: {
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: GENERIC,
    advice_code: 'try_again_later',
    network_decline_code: '01',
  },
  insufficient_funds: {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    advice_code: 'try_again_later',
    network_advice_code: '02',
    network_decline_code: '51',
  },
  lost_card: {
    code: 'card_declined',
    decline_code: 'lost_card',
    message: GENERIC,
    advice_code: 'do_not_try_again',
    network_advice_code: '01',
    network_decline_code: '41',
  },
  stolen_card: {
    code: 'card_declined',
    decline_code: 'stolen_card',
    message: GENERIC,
    advice_code: 'do_not_try_again',
    network_advice_code: '01',
    network_decline_code: '43',
  },
  card_velocity_exceeded: {
    code: 'card_declined',
    decline_code: 'card_velocity_exceeded',
    message:
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    advice_code: 'try_again_later',
    network_advice_code: '02',
    network_decline_code: '61',
  },
  expired_card: {
    code: 'expired_card',
    message: 'Your card has expired.',
    param: 'exp_month',
    advice_code: 'confirm_card_data',
    network_advice_code: '03',
    network_decline_code: '54',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    param: 'cvc',
    advice_code: 'confirm_card_data',
    network_advice_code: '03',
    network_decline_code: 'N7',
  },
  processing_error: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    advice_code: 'try_again_later',
    network_decline_code: '06',
  },
};

const AUTHENTICATION_MESSAGE = 'Your card was declined. This transaction requires authentication.';

/**
 * The decline for a name in the card table or a script. Unknown names are decline codes of Stripe's.
 */
export function declineOf(name: string | ScriptedDecline): Decline {
  if (typeof name === 'string') {
    return named[name] ?? { code: 'card_declined', decline_code: name, message: GENERIC };
  }
  const { decline_code, ...advice } = name;
  const { code, message, param } = declineOf(decline_code);
  const base = { ...(code === undefined ? {} : { code }), decline_code, message };
  return { ...base, ...(param === undefined ? {} : { param }), ...advice };
}

/** A challenge for which nobody is there, and which the caller would not have. Recorded without any code. */
export const ACTION_REFUSED: Decline = {
  message:
    'This payment required an authentication action to complete, but `error_on_requires_action` was set. Confirm it ' +
    'again without that, and handle the action.',
};

/** An off-session challenge. In the wild its `code` varies; its `decline_code` does not. */
export function authenticationRequired(code: 'authentication_required' | 'card_declined'): Decline {
  return { code, decline_code: 'authentication_required', message: AUTHENTICATION_MESSAGE };
}
