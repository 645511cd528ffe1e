import { describe, expect, it } from 'vitest';
import { NO_CODES } from '../../../src/domain/charge/payment-snapshot.ts';
import { ADVICE_CODES, NETWORK_ADVICE_CODES } from '../../../src/domain/decline/advice-table.ts';
import { DECLINE_TABLE, NEVER_RETRIED_BY_STRIPE } from '../../../src/domain/decline/decline-table.ts';
import { classifyDecline, type DeclineCodes } from '../../../src/domain/decline/declines.ts';

const classify = (codes: Partial<DeclineCodes>) => classifyDecline({ ...NO_CODES, ...codes });

/** Written by hand from docs.stripe.com/declines/codes: every decline code it names. */
const DECLINE_CODES = {
  authenticate: 'authentication_required authentication_not_handled',
  issuer:
    'approve_with_id call_issuer do_not_honor generic_decline no_action_taken card_velocity_exceeded ' +
    'withdrawal_count_limit_exceeded insufficient_funds try_again_later partner_generic_decline ' +
    'payment_limit_exceeded',
  technical: 'issuer_not_available processing_error reenter_transaction',
  replace:
    'card_not_supported currency_not_supported service_not_allowed not_permitted expired_card ' +
    'incorrect_address incorrect_zip incorrect_cvc invalid_cvc invalid_expiry_month invalid_expiry_year ' +
    'invalid_number incorrect_number incorrect_pin invalid_pin pin_try_exceeded offline_pin_required ' +
    'online_or_offline_pin_required mobile_device_authentication_required invalid_account ' +
    'new_account_information_available lost_card stolen_card pickup_card restricted_card ' +
    'security_violation transaction_not_allowed do_not_try_again invalid_customer_account',
  stop:
    'duplicate_transaction fraudulent merchant_blacklist invalid_amount revocation_of_authorization ' +
    'revocation_of_all_authorizations stop_payment_order testmode_decline highest_risk_level',
} as const;

/** The same section's error codes, which come without a decline code. */
const ERROR_CODES = {
  authenticate: 'authentication_required payment_intent_authentication_failure',
  issuer: 'card_declined card_decline_rate_limit_exceeded',
  technical:
    'processing_error payment_intent_unexpected_state payment_method_provider_timeout lock_timeout ' +
    'rate_limit idempotency_key_in_use',
  replace:
    'expired_card incorrect_cvc payment_intent_mandate_invalid india_recurring_payment_mandate_canceled ' +
    'payment_intent_payment_attempt_failed',
  stop:
    'payment_intent_incompatible_payment_method payment_method_unactivated amount_too_small ' +
    'resource_missing parameter_missing parameter_unknown parameter_invalid_integer ' +
    'payment_method_types_no_longer_supported',
} as const;

function cases(groups: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(groups).flatMap(([group, codes]) =>
    codes.split(' ').map((code): [string, string] => [code, group]),
  );
}

function groupOf(codes: Partial<DeclineCodes>): string {
  const decision = classify(codes);
  return decision.retry_kind ?? decision.class;
}

describe('a decline code alone', () => {
  it.each(cases(DECLINE_CODES))('%s asks for: %s', (code, group) => {
    expect(groupOf({ code: 'card_declined', decline_code: code })).toBe(group);
  });
});

describe('an error code without a decline code', () => {
  it.each(cases(ERROR_CODES))('%s asks for: %s', (code, group) => {
    expect(groupOf({ code })).toBe(group);
  });
});

describe('a failed debit', () => {
  const failed = (failure_code: string | null, codes: Partial<DeclineCodes> = {}) =>
    classify({ code: 'payment_intent_payment_attempt_failed', ...codes, failure_code });

  it.each([
    ['insufficient_funds', 'retry'],
    ['refer_to_customer', 'retry'],
    ['account_closed', 'replace'],
    ['debit_not_authorized', 'replace'],
    ['debit_disputed', 'stop'],
    ['recipient_deceased', 'stop'],
  ])('whose charge says %s asks for: %s', (failure_code, wanted) => {
    expect(failed(failure_code)).toMatchObject({ class: wanted, decided_by: 'failure_code' });
  });

  it.each([null, 'a_reason_of_next_year'])('whose charge says %s is not tried again', (failure_code) => {
    expect(failed(failure_code).class).toBe('replace');
    expect(failed(failure_code, { code: null }).class).toBe('replace');
  });

  it('is decided by its decline code where it has one', () => {
    const codes = { code: 'card_declined', decline_code: 'insufficient_funds' };
    expect(failed('card_declined', codes)).toMatchObject({ class: 'retry', decided_by: 'decline_code' });
  });
});

describe('the table', () => {
  it('has each code once, each with its reason and its source', () => {
    const codes = DECLINE_TABLE.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const row of DECLINE_TABLE) {
      expect(row.note.length).toBeGreaterThan(10);
      expect(row.source).toMatch(/^docs\.stripe\.com\//);
      expect(row.class === 'retry').toBe(row.retry !== null);
    }
  });

  it('knows all nine codes that Stripe never retries', () => {
    expect(NEVER_RETRIED_BY_STRIPE.size).toBe(9);
    for (const code of NEVER_RETRIED_BY_STRIPE)
      expect(classify({ decline_code: code }).class).not.toBe('retry');
  });
});

describe('who outranks whom', () => {
  it.each<[string, Partial<DeclineCodes>, string, string]>([
    [
      'advice that forbids beats a soft decline',
      { decline_code: 'insufficient_funds', advice_code: 'do_not_try_again' },
      'replace',
      'advice_code',
    ],
    [
      'advice that permits beats an unfit card',
      { decline_code: 'card_not_supported', advice_code: 'try_again_later' },
      'issuer',
      'advice_code',
    ],
    [
      'advice beats the network',
      { decline_code: 'do_not_honor', advice_code: 'try_again_later', network_advice_code: '03' },
      'issuer',
      'advice_code',
    ],
    [
      'the network beats the decline code',
      { decline_code: 'do_not_honor', network_advice_code: '03' },
      'replace',
      'network_advice_code',
    ],
    [
      'a cancelled agreement at the network asks the merchant',
      { decline_code: 'generic_decline', network_advice_code: '21' },
      'stop',
      'network_advice_code',
    ],
    [
      'the decline code beats the error code',
      { code: 'processing_error', decline_code: 'expired_card' },
      'replace',
      'decline_code',
    ],
    [
      'an unknown decline code leaves it to the error code',
      { code: 'expired_card', decline_code: 'brand_new_code' },
      'replace',
      'code',
    ],
    [
      'a technical decline stays technical when advice says later',
      { decline_code: 'processing_error', advice_code: 'try_again_later' },
      'technical',
      'advice_code',
    ],
    [
      'authentication in the error code beats advice',
      { code: 'authentication_required', advice_code: 'do_not_try_again' },
      'authenticate',
      'code',
    ],
    [
      'authentication in the decline code beats the network',
      { code: 'card_declined', decline_code: 'authentication_required', network_advice_code: '03' },
      'authenticate',
      'decline_code',
    ],
    [
      'a revoked agreement beats advice',
      { decline_code: 'revocation_of_authorization', advice_code: 'try_again_later' },
      'stop',
      'decline_code',
    ],
    [
      'a stolen card stays stolen',
      { decline_code: 'stolen_card', advice_code: 'try_again_later' },
      'replace',
      'decline_code',
    ],
    [
      'a network code after which no try is allowed forbids the retry',
      { decline_code: 'generic_decline', network_decline_code: '14' },
      'replace',
      'network_decline_code',
    ],
    [
      'a revocation told by the network only asks the merchant',
      { decline_code: 'generic_decline', network_decline_code: 'R1' },
      'stop',
      'network_decline_code',
    ],
    [
      'an advice that permits beats the network decline code',
      { decline_code: 'generic_decline', advice_code: 'try_again_later', network_decline_code: '14' },
      'issuer',
      'advice_code',
    ],
    ['an unknown code waits on the slow schedule', { code: 'brand_new_code' }, 'issuer', 'default'],
    ['no code at all waits on the slow schedule', {}, 'issuer', 'default'],
    [
      'unknown advice is no advice',
      { decline_code: 'expired_card', advice_code: 'sing_a_song', network_advice_code: '99' },
      'replace',
      'decline_code',
    ],
  ])('%s', (_sentence, codes, group, decided_by) => {
    expect(groupOf(codes)).toBe(group);
    expect(classify(codes).decided_by).toBe(decided_by);
  });
});

describe('pauses', () => {
  it.each([
    ['24', 3_600],
    ['25', 86_400],
    ['26', 172_800],
    ['27', 345_600],
    ['28', 518_400],
    ['29', 691_200],
    ['30', 864_000],
  ])('network advice %s delays the retry by %i seconds at least', (network_advice_code, minimum_delay_s) => {
    const decision = classify({ decline_code: 'generic_decline', network_advice_code });
    expect(decision).toMatchObject({ class: 'retry', retry_kind: 'issuer', minimum_delay_s });
  });

  it('keeps the network pause when Stripe advises a retry', () => {
    const codes = {
      decline_code: 'processing_error',
      advice_code: 'try_again_later',
      network_advice_code: '26',
    };
    expect(classify(codes)).toMatchObject({ retry_kind: 'technical', minimum_delay_s: 172_800 });
  });

  it.each(['card_velocity_exceeded', 'withdrawal_count_limit_exceeded'])(
    'waits 24 h after %s',
    (decline_code) => {
      expect(classify({ decline_code }).minimum_delay_s).toBe(86_400);
    },
  );

  it('waits 24 h after too many declines of one card', () => {
    expect(classify({ code: 'card_decline_rate_limit_exceeded' }).minimum_delay_s).toBe(86_400);
  });

  it('names no pause where nothing is tried again', () => {
    expect(classify({ decline_code: 'expired_card', network_advice_code: '01' }).minimum_delay_s).toBe(0);
  });
});

describe('the advice tables', () => {
  it('have each code once', () => {
    for (const table of [ADVICE_CODES, NETWORK_ADVICE_CODES]) {
      expect(new Set(table.map(({ code }) => code)).size).toBe(table.length);
    }
  });
});
