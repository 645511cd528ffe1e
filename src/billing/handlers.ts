/**
 * Every kind of row that owes something: the function that takes it one step further, and how many jobs of it a worker
 * runs at a time. A job carries 1 to 25 rows, which run together.
 */
import type { Kind } from '../store/work/obligations.ts';
import { advanceCharge } from './charge/run-charge.ts';
import { advanceCustomer } from './customer/advance-customer.ts';
import { advancePaymentMethod } from './customer/advance-payment-method.ts';
import { applyStripeEvent } from './janitor/apply-stripe-event.ts';
import { advanceDelivery } from './notify/advance-delivery.ts';
import { advanceEndpoint } from './notify/advance-endpoint.ts';
import { advanceMessage } from './recovery/advance-message.ts';
import { advanceNotice } from './recovery/advance-notice.ts';
import { advanceRecovery } from './recovery/advance-recovery.ts';
import { advanceRefund } from './refund/advance-refund.ts';
import { advanceRun } from './run/advance-run.ts';
import { advanceSetup } from './setup/advance-setup.ts';
import type { Handler } from './work/outcome.ts';

type Handling<K extends Kind> = { readonly concurrency: number; readonly handler: Handler<K> };

export const handlers: { readonly [K in Kind]: Handling<K> } = {
  /** Creates customers at Stripe; setups and charges wait for them. */
  customer: { concurrency: 10, handler: advanceCustomer },
  /** Creates and closes SetupIntents and Checkout Sessions. */
  setup: { concurrency: 10, handler: advanceSetup },
  /** Creates, binds, confirms and cancels PaymentIntents: the lane that earns, hence the widest. */
  charge: { concurrency: 20, handler: advanceCharge },
  /** Feeds runs: lets their charges come due, a bounded number at a time, and ends them. */
  run: { concurrency: 2, handler: advanceRun },
  /** Makes refunds at Stripe and looks after those that have not ended. */
  refund: { concurrency: 5, handler: advanceRefund },
  /** Takes recoveries from step to step until they end, and charges new cards when the customer does not press. */
  recovery: { concurrency: 10, handler: advanceRecovery },
  /** Sends mails; few at a time, because mail servers limit connections. */
  message: { concurrency: 5, handler: advanceMessage },
  /** Tells customers of debits; as mails. */
  notice: { concurrency: 5, handler: advanceNotice },
  /** Applies Stripe's events: a burst of webhooks must not keep people waiting at the bank's page. */
  inbox_event: { concurrency: 20, handler: applyStripeEvent },
  /** Detaches payment methods: no customer waits for that. */
  payment_method: { concurrency: 5, handler: advancePaymentMethod },
  /** Does to what is owed to an endpoint what its state wants: a few rows, now and then. */
  webhook_endpoint: { concurrency: 2, handler: advanceEndpoint },
  /** Tells merchants. A job waits for its slowest receiver, so there is room for many that are slow beside those that are quick. */
  delivery: { concurrency: 100, handler: advanceDelivery },
};
