/** Evidence in which all is well, after the payment: half of it went back, a dispute was won, a warning is over. */
import type { Evidence } from '../../chaos/evidence.ts';

export const REFUND = 'rfd_1';

/** The endpoint got what the feed has. */
export function toldOf(told: Evidence['told']): Pick<Evidence, 'feed' | 'received'> {
  const feed = told.map(({ object_id, version, type }, index) => ({
    ...{ id: `dce_${index}`, object: 'event', type, version },
    data: { object: { id: object_id, object: object_id === REFUND ? 'refund' : 'charge' } },
  })) as unknown as Evidence['feed'];
  const events = new Map(feed.map((event) => [event.id, event]));
  return { feed, received: { events, refused: [], led_astray: 0 } };
}

/** What this charge's customer got back, and what their bank said. */
export function goneBack(charge_id: string): Pick<Evidence, 'refunded' | 'returns'> {
  const payment_intent = 'pi_1';
  return {
    refunded: [{ id: REFUND, charge_id, amount_minor: 200 }],
    returns: {
      stripe: {
        refunds: [{ id: 're_1', status: 'succeeded', amount: 200, payment_intent, mark: REFUND }],
        disputes: [{ id: 'du_1', status: 'won', payment_intent }],
        fraud_warnings: [{ id: 'issfr_1', status: 'over', payment_intent }],
      },
      refunds: [{ id: REFUND, state: 'succeeded', charge_id, amount_minor: 200, stripe_refund_id: 're_1' }],
      disputes: [{ id: 'du_1', status: 'won', charge_id }],
      fraud_warnings: [{ id: 'issfr_1', status: 'over', charge_id }],
      bound: new Map([[payment_intent, charge_id]]),
    },
  };
}
