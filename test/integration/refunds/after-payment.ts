/** What happens to a charge after its payment, as acts that may meet others at a lock. */
import { randomUUID } from 'node:crypto';
import { bringDispute } from '../../../src/store/charge/disputes.ts';
import { takeRefund } from '../../../src/store/charge/refund-intake.ts';
import { acceptMethod } from '../../../src/store/customer/payment-method-changes.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';

type OfCharge = { readonly method: string; readonly toSend: { readonly charge_id: string } };

export function afterPayment(sql: () => Sql) {
  return {
    /** Money of a charge is asked back, and its method closed. */
    dispute: async ({ toSend: { charge_id } }: OfCharge): Promise<void> => {
      const about = { charge: null, payment_intent: null, currency: 'eur', livemode: false };
      const said = { id: `du_${randomUUID()}`, status: 'needs_response', reason: 'general', amount_minor: 1 };
      const by = { cause: 'webhook', cause_reference: null };
      await bringDispute(sql(), charge_id, { ...about, ...said }, false, by);
    },
    /** The merchant accepts the method again. */
    accept: async ({ method }: OfCharge): Promise<void> => {
      await acceptMethod(sql(), method, 'test');
    },
    /** Money of a charge is to go back: refused, because it took none. */
    refund: async ({ toSend: { charge_id } }: OfCharge): Promise<void> => {
      const whole = { id: `rfd_${charge_id}`, charge_id, amount_minor: null, reason: null, metadata: {} };
      await takeRefund(sql(), whole, { cause: 'test', cause_reference: 'test' });
    },
  };
}
