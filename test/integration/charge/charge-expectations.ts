/**
 * What becomes of a charge, card by card, written by hand from docs.stripe.com/testing and docs/protocol.md, 3, 8, 9
 * and 12, never from the tables in the code: the test that enumerates the simulator's cards fails on one that is not named
 * here.
 *
 * The customer in this file saves the card, then reacts to nothing. A charge that needs them hence ends after the
 * recovery's seven days and its four mails (at once, 24 h, 72 h, and the last call after 6 d), with proof.
 */
import type { ScriptedOutcome } from '../../../simulator/world/world.ts';

/** A charge at one moment: what the API says, what the ledger saw, what the inbox holds. */
export type Moment = {
  readonly status: 'processing' | 'requires_action' | 'succeeded' | 'failed';
  readonly detail: string | null;
  readonly confirms: number;
  readonly mails: number;
};

export type CardExpectation =
  /** Refused whenever the customer tries: the fifth time is the last, and there is nothing to charge. */
  | { readonly setup: 'failed' }
  | {
      readonly setup: 'succeeded';
      /** Once the workers have nothing more to do. */
      readonly at_once: Moment;
      /** Twenty days later. */
      readonly in_the_end: Moment;
      /** Where the bank wants the customer: what a second charge becomes when they go there and pass. */
      readonly at_the_bank?: 'succeeded' | 'requires_action';
    };

const moment = (
  status: Moment['status'],
  detail: string | null,
  seen: { confirms: number; mails: number },
): Moment => ({ status, detail, ...seen });

const PAID = moment('succeeded', null, { confirms: 1, mails: 0 });
const WAITS_FOR_CUSTOMER = moment('requires_action', null, { confirms: 1, mails: 1 });
const WAITS_FOR_RETRY = moment('processing', 'retry_scheduled', { confirms: 1, mails: 0 });
const expired = (confirms: number) => moment('failed', 'recovery_expired', { confirms, mails: 4 });
const paidAt = (confirms: number) => moment('succeeded', null, { confirms, mails: 0 });

const good: CardExpectation = { setup: 'succeeded', at_once: PAID, in_the_end: PAID };
const refused: CardExpectation = { setup: 'failed' };
const asksCustomer: CardExpectation = {
  setup: 'succeeded',
  at_once: WAITS_FOR_CUSTOMER,
  in_the_end: expired(1),
};
/** Declined today, and after 1, 3 and 7 days more; then the customer is asked for another card. */
const declinedAlways: CardExpectation = {
  setup: 'succeeded',
  at_once: WAITS_FOR_RETRY,
  in_the_end: expired(4),
};
const paidOnTry = (confirms: number): CardExpectation => ({
  setup: 'succeeded',
  at_once: WAITS_FOR_RETRY,
  in_the_end: paidAt(confirms),
});
const STOPPED = moment('failed', 'merchant_action', { confirms: 1, mails: 0 });
const stopped: CardExpectation = { setup: 'succeeded', at_once: STOPPED, in_the_end: STOPPED };

/** One for each row of the simulator's table. */
export const cardExpectations: Readonly<Record<string, CardExpectation>> = {
  pm_card_visa: good,
  pm_card_visa_debit: good,
  pm_card_mastercard: good,
  pm_card_mastercard_debit: good,
  pm_card_mastercard_prepaid: good,
  pm_card_amex: good,
  pm_card_discover: good,
  pm_card_diners: good,
  pm_card_jcb: good,
  pm_card_unionpay: good,

  // Set up by a succeeded SetupIntent with usage=off_session: that is what makes it pass.
  pm_card_authenticationRequiredOnSetup: good,
  pm_card_authenticationRequired: { ...asksCustomer, at_the_bank: 'succeeded' },
  pm_card_authenticationRequiredSetupForOffSession: good,
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: declinedAlways,
  pm_card_threeDSecure2Required: { ...asksCustomer, at_the_bank: 'succeeded' },
  // The bank lets the customer pass and declines all the same: it stays theirs to pay.
  pm_card_threeDSecureRequiredChargeDeclined: { ...asksCustomer, at_the_bank: 'requires_action' },
  // Optional means: only if asked for, and we do not ask.
  pm_card_threeDSecureOptional: good,
  pm_card_threeDSecureOptionalProcessingError: good,
  pm_card_threeDSecureRequired: { ...asksCustomer, at_the_bank: 'succeeded' },
  pm_card_threeDSecureRequiredProcessingError: refused,

  // Saved like any other, then blocked by Radar: asking for another card would help a fraudster.
  pm_card_radarBlock: stopped,
  pm_card_riskLevelHighest: stopped,
  pm_card_riskLevelElevated: good,
  pm_card_cvcCheckFail: good,
  pm_card_avsFail: good,
  pm_card_avsLine1Fail: good,
  pm_card_avsZipFail: good,
  pm_card_avsUnchecked: good,
  pm_card_createIssuerFraudRecord: good,
  pm_card_createMultipleDisputes: good,
  pm_card_createCe3EligibleDispute: good,
  pm_card_createComplianceDispute: good,
  pm_card_bypassPending: good,
  pm_card_bypassPendingInternational: good,

  pm_card_chargeCustomerFail: declinedAlways,
  pm_card_chargeDeclined: refused,
  pm_card_chargeDeclinedInsufficientFunds: refused,
  pm_card_chargeDeclinedLostCard: refused,
  pm_card_chargeDeclinedStolenCard: refused,
  pm_card_chargeDeclinedVelocityLimitExceeded: refused,
  pm_card_chargeDeclinedExpiredCard: refused,
  pm_card_chargeDeclinedIncorrectCvc: refused,
  pm_card_chargeDeclinedProcessingError: refused,

  // What happens after success changes nothing about the charge.
  pm_card_createDispute: good,
  pm_card_createDisputeProductNotReceived: good,
  pm_card_createDisputeInquiry: good,
  pm_card_pendingRefund: good,
  pm_card_refundFail: good,
};

export type ScriptedCard = {
  readonly name: string;
  /** What the issuer says, attempt by attempt; afterwards it accepts. */
  readonly script: readonly ScriptedOutcome[];
  readonly expected: CardExpectation;
};

const four = (decline: string): ScriptedOutcome[] => [decline, decline, decline, decline];

/** What no card of the table does: a saved card that declines later, in every way that leads elsewhere. */
export const scriptedCards: readonly ScriptedCard[] = [
  scripted('insufficient funds, a day later enough', ['insufficient_funds', 'succeed'], paidOnTry(2)),
  scripted('enough on the fourth try', ['insufficient_funds', 'do_not_honor', 'call_issuer'], paidOnTry(4)),
  scripted('insufficient funds four times', four('insufficient_funds'), declinedAlways),
  scripted('do_not_honor four times', four('do_not_honor'), declinedAlways),
  scripted('the limit of the card, gone the next day', ['card_velocity_exceeded'], paidOnTry(2)),
  scripted('a processing error, gone after minutes', ['processing_error'], paidOnTry(2)),
  scripted('a processing error four times', four('processing_error'), declinedAlways),
  scripted(
    'insufficient funds, then the bank wants the customer',
    ['insufficient_funds', 'authentication_required'],
    { setup: 'succeeded', at_once: WAITS_FOR_RETRY, in_the_end: expired(2) },
  ),
  scripted('the bank wants the customer', ['authentication_required'], asksCustomer),
  scripted('lost_card', ['lost_card'], asksCustomer),
  scripted('stolen_card', ['stolen_card'], asksCustomer),
  scripted('expired_card', ['expired_card'], asksCustomer),
  scripted('incorrect_cvc', ['incorrect_cvc'], asksCustomer),
  scripted(
    'a soft decline that is not to be tried again',
    [{ decline_code: 'insufficient_funds', advice_code: 'do_not_try_again' }],
    asksCustomer,
  ),
  scripted(
    'a network that asks for four days',
    [{ decline_code: 'do_not_honor', network_advice_code: '27' }],
    paidOnTry(2),
  ),
  scripted('fraudulent', ['fraudulent'], stopped),
  scripted('revocation_of_authorization', ['revocation_of_authorization'], stopped),
  scripted('under way for a while', ['processing'], {
    setup: 'succeeded',
    at_once: moment('processing', 'debit_pending', { confirms: 1, mails: 0 }),
    in_the_end: PAID,
  }),
];

function scripted(name: string, script: readonly ScriptedOutcome[], expected: CardExpectation): ScriptedCard {
  return { name, script, expected };
}
