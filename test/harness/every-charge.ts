import type { ChargeFilter } from '../../src/store/charge/charge-list.ts';

/** The list of charges with nothing filtered, from its beginning; `limit` as the API's own. */
export const EVERY_CHARGE: ChargeFilter = {
  customer_id: null,
  reference: null,
  run_id: null,
  states: null,
  scheduled: null,
  created_after: null,
  created_before: null,
  changed_after: null,
  metadata: null,
  stripe_payment_intent_id: null,
  disputed: null,
  after: null,
  limit: 50,
};
