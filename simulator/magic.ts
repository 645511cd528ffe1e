import { PLAIN_CARDS } from './plain-cards.ts';

/**
 * What a card does at one kind of attempt: `ok`, `auth` (the bank challenges) or the decline it answers with.
 */
export type CardAnswer = 'ok' | 'auth' | 'auth_unless_set_up' | DeclineName;

type DeclineName =
  | 'generic_decline'
  | 'insufficient_funds'
  | 'lost_card'
  | 'stolen_card'
  | 'card_velocity_exceeded'
  | 'expired_card'
  | 'incorrect_cvc'
  | 'processing_error'
  | 'fraudulent';

/** One row of the card table. A token is a template: its first use makes a fresh `pm_`. */
export interface Card {
  /** Null where Stripe publishes the number alone. */
  token: string | null;
  /** Further spellings in public use. */
  aliases: readonly string[];
  number: string;
  brand: 'visa' | 'mastercard' | 'amex' | 'discover' | 'diners' | 'jcb' | 'unionpay';
  last4: string;
  country: string;
  funding: 'credit' | 'debit' | 'prepaid';
  /** `POST /v1/payment_methods/:id/attach`. */
  attach: 'ok' | DeclineName;
  /** Confirming a SetupIntent. */
  setup: 'ok' | 'auth' | DeclineName;
  /** Confirming a PaymentIntent with the customer present. */
  onSession: 'ok' | 'auth' | DeclineName;
  /** Confirming a PaymentIntent with `off_session`. */
  offSession: CardAnswer;
  /** Once the customer has passed the challenge. */
  afterAuth: 'ok' | DeclineName;
  /** When `request_three_d_secure` asks for a challenge that is not needed. */
  onRequest: 'ok' | 'auth' | DeclineName;
  /** Radar blocks the highest, by its default rule. */
  risk: 'normal' | 'elevated' | 'highest';
  dispute: 'fraudulent' | 'product_not_received' | 'noncompliant' | 'inquiry' | null;
  /** The issuer reports it as fraud, before any dispute. */
  fraudWarning: boolean;
  refund: 'pending' | 'fails' | null;
}

type Behaviour = Partial<Omit<Card, 'token' | 'number' | 'last4'>>;

const BLOCKED: Behaviour = { onSession: 'fraudulent', offSession: 'fraudulent', risk: 'highest' };

/** A row that has a token. */
type NamedCard = Card & { readonly token: string };

/** The card table, from https://docs.stripe.com/testing: each card that does something of its own, and one per brand. */
export const cards: readonly NamedCard[] = [
  card('pm_card_visa', '4242424242424242', { aliases: ['pm_card_us'] }),
  card('pm_card_visa_debit', '4000056655665556', { funding: 'debit' }),
  card('pm_card_mastercard', '5555555555554444', { brand: 'mastercard' }),
  card('pm_card_mastercard_debit', '5200828282828210', { brand: 'mastercard', funding: 'debit' }),
  card('pm_card_mastercard_prepaid', '5105105105105100', { brand: 'mastercard', funding: 'prepaid' }),
  card('pm_card_amex', '378282246310005', {
    brand: 'amex',
    aliases: ['pm_card_amex_threeDSecureNotSupported'],
  }),
  card('pm_card_discover', '6011111111111117', { brand: 'discover' }),
  card('pm_card_diners', '3056930009020004', { brand: 'diners' }),
  card('pm_card_jcb', '3566002020360505', { brand: 'jcb', country: 'JP' }),
  card('pm_card_unionpay', '6200000000000005', { brand: 'unionpay', country: 'CN' }),
  challenged('pm_card_authenticationRequiredOnSetup', '4000002500003155', {
    offSession: 'auth_unless_set_up',
  }),
  challenged('pm_card_authenticationRequired', '4000002760003184', {}),
  challenged('pm_card_authenticationRequiredSetupForOffSession', '4000003800000446', { offSession: 'ok' }),
  challenged('pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', '4000008260003178', {
    offSession: 'insufficient_funds',
    afterAuth: 'insufficient_funds',
  }),
  challenged('pm_card_threeDSecure2Required', '4000000000003220', {}),
  challenged('pm_card_threeDSecureRequiredChargeDeclined', '4000008400001629', {
    afterAuth: 'generic_decline',
  }),
  challenged('pm_card_threeDSecureRequired', '4000000000003063', {}),
  // The look-up of 3D Secure fails, which this card's bank requires.
  card('pm_card_threeDSecureRequiredProcessingError', '4000008400001280', {
    setup: 'generic_decline',
    onSession: 'generic_decline',
    offSession: 'generic_decline',
  }),
  card('pm_card_threeDSecureOptional', '4000000000003055', { onRequest: 'auth' }),
  card('pm_card_threeDSecureOptionalProcessingError', '4000000000003097', { onRequest: 'generic_decline' }),
  card('pm_card_chargeCustomerFail', '4000000000000341', {
    onSession: 'generic_decline',
    offSession: 'generic_decline',
  }),
  refused('pm_card_chargeDeclined', '4000000000000002', 'generic_decline'),
  refused('pm_card_chargeDeclinedInsufficientFunds', '4000000000009995', 'insufficient_funds'),
  refused('pm_card_chargeDeclinedLostCard', '4000000000009987', 'lost_card'),
  refused('pm_card_chargeDeclinedStolenCard', '4000000000009979', 'stolen_card'),
  refused('pm_card_chargeDeclinedVelocityLimitExceeded', '4000000000006975', 'card_velocity_exceeded'),
  refused('pm_card_chargeDeclinedExpiredCard', '4000000000000069', 'expired_card'),
  refused('pm_card_chargeDeclinedIncorrectCvc', '4000000000000127', 'incorrect_cvc'),
  refused('pm_card_chargeDeclinedProcessingError', '4000000000000119', 'processing_error'),
  card('pm_card_radarBlock', '4100000000000019', {
    aliases: ['pm_card_chargeDeclinedFraudulent'],
    ...BLOCKED,
  }),
  card('pm_card_riskLevelHighest', '4000000000004954', BLOCKED),
  card('pm_card_riskLevelElevated', '4000000000009235', { risk: 'elevated' }),
  // What Radar makes of a failed check is a matter of the account's rules; by itself it declines nothing.
  card('pm_card_cvcCheckFail', '4000000000000101'),
  card('pm_card_avsFail', '4000000000000010'),
  card('pm_card_avsLine1Fail', '4000000000000028'),
  card('pm_card_avsZipFail', '4000000000000036'),
  card('pm_card_avsUnchecked', '4000000000000044'),
  card('pm_card_createIssuerFraudRecord', '4000000000005423', { fraudWarning: true }),
  card('pm_card_createMultipleDisputes', '4000000404000079', { dispute: 'fraudulent' }),
  card('pm_card_createCe3EligibleDispute', '4000000404000038', { dispute: 'fraudulent' }),
  card('pm_card_createComplianceDispute', '4000008400000779', { dispute: 'noncompliant' }),
  card('pm_card_bypassPending', '4000000000000077'),
  card('pm_card_bypassPendingInternational', '4000003720000278', { country: 'IE' }),
  card('pm_card_createDispute', '4000000000000259', { dispute: 'fraudulent' }),
  card('pm_card_createDisputeProductNotReceived', '4000000000002685', { dispute: 'product_not_received' }),
  card('pm_card_createDisputeInquiry', '4000000000001976', { dispute: 'inquiry' }),
  card('pm_card_pendingRefund', '4000000000007726', { refund: 'pending' }),
  card('pm_card_refundFail', '4000000000005126', { refund: 'fails' }),
];

const all: readonly Card[] = [
  ...cards,
  ...PLAIN_CARDS.map(([token, number, brand, country, funding]) => ({
    ...card('', number, { brand, country, funding }),
    token,
  })),
];
const byToken = new Map(
  all.flatMap((row) => [row.token, ...row.aliases].map((name) => [name, row] as const)),
);
const byNumber = new Map(all.map((row) => [row.number, row]));

/** The row of `pm_card_visa`, `tok_visa` or another spelling of it. */
export function cardOfToken(token: string): Card | undefined {
  return byToken.get(token.startsWith('tok_') ? `pm_card_${token.slice('tok_'.length)}` : token);
}

/** The row of a card number, spaces allowed. */
export function cardOfNumber(number: string): Card | undefined {
  return byNumber.get(number.replaceAll(/[\s-]/g, ''));
}

function card(token: string, number: string, behaviour: Behaviour = {}): NamedCard {
  return {
    token,
    aliases: [],
    number,
    brand: 'visa',
    last4: number.slice(-4),
    country: 'US',
    funding: 'credit',
    attach: 'ok',
    setup: 'ok',
    onSession: 'ok',
    offSession: 'ok',
    afterAuth: 'ok',
    onRequest: 'ok',
    risk: 'normal',
    dispute: null,
    fraudWarning: false,
    refund: null,
    ...behaviour,
  };
}

/** A card whose bank wants the customer: at set-up, and at every payment with the customer present. */
function challenged(token: string, number: string, behaviour: Behaviour): NamedCard {
  return card(token, number, { setup: 'auth', onSession: 'auth', offSession: 'auth', ...behaviour });
}

/** A card that is always declined, even when saving it. */
function refused(token: string, number: string, decline: DeclineName): NamedCard {
  return card(token, number, {
    aliases: [token.replace('pm_card_', 'pm_card_visa_')],
    attach: decline,
    setup: decline,
    onSession: decline,
    offSession: decline,
  });
}
