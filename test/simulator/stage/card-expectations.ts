/**
 * What each test card does, written by hand from Stripe's testing page
 * (docs.stripe.com/testing), never from the simulator's own table: the test that enumerates that table fails on
 * a row not named here.
 */
export type Outcome = 'ok' | 'auth' | Decline;
export type Decline = { code: string; decline_code?: string; advice_code?: string };
export type CardExpectation = {
  brand: string;
  last4: string;
  /** POST /v1/payment_methods/:id/attach. */
  attach: 'ok' | Decline;
  /** A SetupIntent confirmed by the customer. */
  setup: Outcome;
  /** A PaymentIntent confirmed with the customer present. */
  onSession: Outcome;
  /** A PaymentIntent confirmed off-session, after the set-up where one is possible. */
  offSession: Outcome;
  /** The PaymentIntent once the customer has passed the bank's page. */
  afterAuth?: 'ok' | Decline;
};

const declined = (decline_code: string, advice_code?: string): Decline => ({
  code: 'card_declined',
  decline_code,
  ...(advice_code !== undefined && { advice_code }),
});
const authenticationRequired: Decline = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
};
const everywhere = (decline: Decline) =>
  ({ attach: decline, setup: decline, onSession: decline, offSession: decline }) as const;
const good = { attach: 'ok', setup: 'ok', onSession: 'ok', offSession: 'ok' } as const;
const challenged = { attach: 'ok', setup: 'auth', onSession: 'auth', afterAuth: 'ok' } as const;
const blocked = { onSession: declined('fraudulent'), offSession: declined('fraudulent') } as const;
const visa = (last4: string) => ({ brand: 'visa', last4 });

export const expectations: Record<string, CardExpectation> = {
  pm_card_visa: { ...visa('4242'), ...good },
  pm_card_visa_debit: { ...visa('5556'), ...good },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444', ...good },
  pm_card_mastercard_debit: { brand: 'mastercard', last4: '8210', ...good },
  pm_card_mastercard_prepaid: { brand: 'mastercard', last4: '5100', ...good },
  pm_card_amex: { brand: 'amex', last4: '0005', ...good },
  pm_card_discover: { brand: 'discover', last4: '1117', ...good },
  pm_card_diners: { brand: 'diners', last4: '0004', ...good },
  pm_card_jcb: { brand: 'jcb', last4: '0505', ...good },
  pm_card_unionpay: { brand: 'unionpay', last4: '0005', ...good },

  pm_card_authenticationRequiredOnSetup: { ...visa('3155'), ...challenged, offSession: 'ok' },
  pm_card_authenticationRequired: { ...visa('3184'), ...challenged, offSession: authenticationRequired },
  pm_card_authenticationRequiredSetupForOffSession: { ...visa('0446'), ...challenged, offSession: 'ok' },
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: {
    ...visa('3178'),
    ...challenged,
    offSession: declined('insufficient_funds', 'try_again_later'),
    afterAuth: declined('insufficient_funds', 'try_again_later'),
  },
  pm_card_threeDSecure2Required: { ...visa('3220'), ...challenged, offSession: authenticationRequired },
  pm_card_threeDSecureRequiredChargeDeclined: {
    ...visa('1629'),
    ...challenged,
    offSession: authenticationRequired,
    afterAuth: declined('generic_decline'),
  },
  pm_card_threeDSecureRequired: { ...visa('3063'), ...challenged, offSession: authenticationRequired },
  // Its bank requires a look-up that fails.
  pm_card_threeDSecureRequiredProcessingError: {
    ...visa('1280'),
    ...everywhere(declined('generic_decline')),
    attach: 'ok',
  },
  pm_card_threeDSecureOptional: { ...visa('3055'), ...good },
  pm_card_threeDSecureOptionalProcessingError: { ...visa('3097'), ...good },

  pm_card_radarBlock: { ...visa('0019'), ...good, ...blocked },
  pm_card_riskLevelHighest: { ...visa('4954'), ...good, ...blocked },
  pm_card_riskLevelElevated: { ...visa('9235'), ...good },
  pm_card_cvcCheckFail: { ...visa('0101'), ...good },
  pm_card_avsFail: { ...visa('0010'), ...good },
  pm_card_avsLine1Fail: { ...visa('0028'), ...good },
  pm_card_avsZipFail: { ...visa('0036'), ...good },
  pm_card_avsUnchecked: { ...visa('0044'), ...good },
  pm_card_createIssuerFraudRecord: { ...visa('5423'), ...good },
  pm_card_createMultipleDisputes: { ...visa('0079'), ...good },
  pm_card_createCe3EligibleDispute: { ...visa('0038'), ...good },
  pm_card_createComplianceDispute: { ...visa('0779'), ...good },
  pm_card_bypassPending: { ...visa('0077'), ...good },
  pm_card_bypassPendingInternational: { ...visa('0278'), ...good },

  pm_card_chargeCustomerFail: {
    ...visa('0341'),
    attach: 'ok',
    setup: 'ok',
    onSession: declined('generic_decline'),
    offSession: declined('generic_decline'),
  },
  pm_card_chargeDeclined: { ...visa('0002'), ...everywhere(declined('generic_decline')) },
  pm_card_chargeDeclinedInsufficientFunds: {
    ...visa('9995'),
    ...everywhere(declined('insufficient_funds', 'try_again_later')),
  },
  pm_card_chargeDeclinedLostCard: {
    ...visa('9987'),
    ...everywhere(declined('lost_card', 'do_not_try_again')),
  },
  pm_card_chargeDeclinedStolenCard: {
    ...visa('9979'),
    ...everywhere(declined('stolen_card', 'do_not_try_again')),
  },
  pm_card_chargeDeclinedVelocityLimitExceeded: {
    ...visa('6975'),
    ...everywhere(declined('card_velocity_exceeded', 'try_again_later')),
  },
  pm_card_chargeDeclinedExpiredCard: {
    ...visa('0069'),
    ...everywhere({ code: 'expired_card', advice_code: 'confirm_card_data' }),
  },
  pm_card_chargeDeclinedIncorrectCvc: {
    ...visa('0127'),
    ...everywhere({ code: 'incorrect_cvc', advice_code: 'confirm_card_data' }),
  },
  pm_card_chargeDeclinedProcessingError: {
    ...visa('0119'),
    ...everywhere({ code: 'processing_error', advice_code: 'try_again_later' }),
  },

  pm_card_createDispute: { ...visa('0259'), ...good },
  pm_card_createDisputeProductNotReceived: { ...visa('2685'), ...good },
  pm_card_createDisputeInquiry: { ...visa('1976'), ...good },
  pm_card_pendingRefund: { ...visa('7726'), ...good },
  pm_card_refundFail: { ...visa('5126'), ...good },
};

/** Both spellings of a declining card are in public use; they are one row. */
export function oneSpelling(token: string): string {
  return token.replace('pm_card_visa_chargeDeclined', 'pm_card_chargeDeclined');
}
