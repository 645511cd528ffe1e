import { describe, expect, it } from 'vitest';
import { projectEvent } from '../../../src/stripe/events/event.ts';
import {
  projectCustomer,
  projectPaymentIntent,
  projectPaymentMethod,
  projectReadMethod,
  projectSession,
  projectSetupIntent,
} from '../../../src/stripe/project.ts';
import { projectDispute } from '../../../src/stripe/refunds/project-refund.ts';

const CANARY = 'canary';

/** Everything Stripe may put beside what we keep; each value says so. */
const SENSITIVE = {
  client_secret: CANARY,
  next_action: { redirect_to_url: { url: CANARY } },
  url: CANARY,
  receipt_email: CANARY,
  email: CANARY,
  name: CANARY,
  description: CANARY,
  shipping: { address: { line1: CANARY } },
  billing_details: { email: CANARY, address: { line1: CANARY } },
  customer_details: { email: CANARY },
  client_reference_id: CANARY,
};

const METHOD = {
  ...SENSITIVE,
  id: 'pm_1',
  object: 'payment_method',
  type: 'card',
  customer: 'cus_1',
  card: { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2030, fingerprint: CANARY, iin: CANARY },
};

const ERROR = {
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: CANARY,
  charge: 'ch_1',
  payment_method: METHOD,
};

const INTENT = {
  ...SENSITIVE,
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_payment_method',
  amount: 1299,
  amount_received: 0,
  currency: 'eur',
  customer: { id: 'cus_1', object: 'customer', email: CANARY },
  livemode: false,
  created: 1_700_000_000,
  payment_method: null,
  latest_charge: 'ch_1',
  cancellation_reason: null,
  setup_future_usage: 'off_session',
  metadata: { dc_charge: 'chg_1', dc_instance: 'shop', note: CANARY },
  last_payment_error: ERROR,
};

const SETUP = {
  ...SENSITIVE,
  id: 'seti_1',
  object: 'setup_intent',
  status: 'succeeded',
  usage: 'off_session',
  payment_method: METHOD,
  mandate: 'mandate_1',
  customer: 'cus_1',
  livemode: false,
  created: 1_700_000_000,
  metadata: { dc_setup: 'set_1', note: CANARY },
  last_setup_error: null,
};

const SESSION = {
  ...SENSITIVE,
  id: 'cs_test_1',
  object: 'checkout.session',
  status: 'open',
  setup_intent: SETUP,
  customer: 'cus_1',
  livemode: false,
  expires_at: 1_700_003_600,
  metadata: { dc_setup: 'set_1' },
};

const CHARGE = {
  ...SENSITIVE,
  id: 'ch_1',
  object: 'charge',
  status: 'failed',
  payment_intent: 'pi_1',
  amount: 1299,
};
const DISPUTE = { ...SENSITIVE, id: 'dp_1', object: 'dispute', status: 'lost', charge: CHARGE, amount: 1299 };
const MANDATE = {
  ...SENSITIVE,
  id: 'mandate_1',
  object: 'mandate',
  status: 'inactive',
  payment_method: METHOD,
};
const CUSTOMER = { ...SENSITIVE, id: 'cus_1', object: 'customer', metadata: { dc_customer: 'cst_1' } };

describe('a projection', () => {
  it('of a PaymentIntent keeps the named fields and nothing else', () => {
    expect(projectPaymentIntent(INTENT)).toEqual({
      id: 'pi_1',
      status: 'requires_payment_method',
      amount_minor: 1299,
      amount_received_minor: 0,
      currency: 'eur',
      customer: 'cus_1',
      livemode: false,
      created_s: 1_700_000_000,
      payment_method: null,
      latest_charge: 'ch_1',
      cancellation_reason: null,
      setup_future_usage: 'off_session',
      types: null,
      metadata: { dc_charge: 'chg_1', dc_instance: 'shop' },
      last_error: {
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        advice_code: null,
        network_advice_code: null,
        network_decline_code: null,
        payment_method: 'pm_1',
        charge: 'ch_1',
      },
    });
  });

  it('of a method keeps what a page may show', () => {
    expect(projectPaymentMethod(METHOD)).toEqual({
      id: 'pm_1',
      type: 'card',
      customer: 'cus_1',
      livemode: null,
      allow_redisplay: null,
      card: { brand: 'visa', last4: '4242', exp_month: 4, exp_year: 2030 },
    });
  });

  it('of a method that was read keeps a mark in place of its fingerprint, and none where there is none', () => {
    const mark = (fingerprint: string | null) => fingerprint && `mark of ${fingerprint.length}`;
    expect(projectReadMethod(METHOD, mark)).toEqual({
      ...projectPaymentMethod(METHOD),
      bank: null,
      has_address: false,
      card_mark: 'mark of 6',
    });
    expect(projectReadMethod({ ...METHOD, type: 'sepa_debit', card: undefined }, mark)?.card_mark).toBeNull();
  });

  it('of a SetupIntent and a Session names the objects they lead to', () => {
    expect(projectSetupIntent(SETUP)).toMatchObject({ payment_method: 'pm_1', mandate: 'mandate_1' });
    expect(projectSession(SESSION)).toMatchObject({
      setup_intent: 'seti_1',
      metadata: { dc_setup: 'set_1' },
    });
  });

  it('lets nothing through that it does not name', () => {
    const kept = [
      projectPaymentIntent(INTENT),
      projectSetupIntent({ ...SETUP, last_setup_error: ERROR }),
      projectSession(SESSION),
      projectPaymentMethod(METHOD),
      projectReadMethod(METHOD, () => 'mark'),
      projectDispute(DISPUTE),
      projectCustomer(CUSTOMER),
    ];
    expect(kept).not.toContain(null);
    expect(JSON.stringify(kept)).not.toContain(CANARY);
  });

  it('says null for an amount that is missing or no integer, never 0', () => {
    for (const amount_received of [undefined, null, '1299', 12.5, Number.NaN]) {
      expect(projectPaymentIntent({ ...INTENT, amount_received })?.amount_received_minor).toBeNull();
    }
  });

  it.each([null, undefined, 7, 'pi_1', [], {}, [INTENT]])('of %j is null', (value) => {
    for (const project of [projectPaymentIntent, projectSetupIntent, projectSession, projectPaymentMethod]) {
      expect(project(value)).toBeNull();
    }
  });
});

describe('an event', () => {
  const EVENT = {
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.payment_failed',
    created: 1_700_000_000,
    livemode: false,
    request: { id: 'req_1', idempotency_key: 'dc1:chg_1:confirm:1' },
    data: { object: INTENT, previous_attributes: { client_secret: CANARY } },
  };

  it('keeps its id, type, object, key and time, and the projection of its object', () => {
    expect(projectEvent(EVENT)).toEqual({
      id: 'evt_1',
      type: 'payment_intent.payment_failed',
      object_id: 'pi_1',
      object_type: 'payment_intent',
      request_key: 'dc1:chg_1:confirm:1',
      livemode: false,
      created_s: 1_700_000_000,
      projection: { object: 'payment_intent', snapshot: projectPaymentIntent(INTENT) },
    });
  });

  it.each([INTENT, SETUP, SESSION, METHOD, DISPUTE, CUSTOMER, MANDATE])(
    'about a $object carries no secret',
    (object) => {
      const event = projectEvent({ ...EVENT, data: { object } });
      expect(event?.projection?.object).toBe(object.object);
      expect(event?.object_id).toBe(object.id);
      expect(JSON.stringify(event)).not.toContain(CANARY);
    },
  );

  it.each([
    { ...CHARGE, object: 'payout' },
    { id: null, object: 'balance' },
  ])('about a $object, which we do not follow, is kept without it', (object) => {
    const event = projectEvent({ ...EVENT, data: { object } });
    expect(event).toMatchObject({ object_id: object.id, object_type: object.object, projection: null });
    expect(JSON.stringify(event)).not.toContain(CANARY);
  });

  it('keeps neither the digits of a card nor what the merchant calls a charge: it outlives an erasure', () => {
    const card = { brand: 'visa', last4: '4242', exp_month: 1, exp_year: 2_031 };
    const of = (object: object) => projectEvent({ ...EVENT, data: { object } })?.projection?.snapshot;
    expect(of({ ...METHOD, card })).toMatchObject({ id: METHOD.id, card: null });
    const metadata = { dc_charge: 'chg_1', reference: 'bill-of-robin' };
    expect(of({ ...INTENT, metadata })).toMatchObject({ metadata: { dc_charge: 'chg_1' } });
    expect(JSON.stringify(of({ ...INTENT, metadata }))).not.toContain('bill-of-robin');
  });

  it('of a timer has no key', () => {
    const event = projectEvent({ ...EVENT, request: { id: null, idempotency_key: null } });
    expect(event?.request_key).toBeNull();
  });

  it.each([
    null,
    [],
    'evt_1',
    {},
    { ...EVENT, id: '' },
    { ...EVENT, created: 'now' },
    { ...EVENT, object: 'v2.core.event' },
  ])('is not what %j is', (value) => expect(projectEvent(value)).toBeNull());
});
