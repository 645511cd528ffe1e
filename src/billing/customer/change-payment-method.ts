import {
  acceptMethod,
  type MethodChange,
  makeDefault,
  requestDetach,
} from '../../store/customer/payment-method-changes.ts';
import type { Dependencies } from '../dependencies.ts';

export const METHOD_VERBS = ['accept', 'detach', 'default'] as const;
export type MethodVerb = (typeof METHOD_VERBS)[number];

/** What a merchant may do with a saved method. A detaching is owed to Stripe from then on. */
export async function changePaymentMethod(
  deps: Dependencies,
  payment_method_id: string,
  verb: MethodVerb,
  caller: string,
): Promise<MethodChange> {
  switch (verb) {
    case 'accept':
      return acceptMethod(deps.sql, payment_method_id, caller);
    case 'default':
      return makeDefault(deps.sql, payment_method_id);
    case 'detach': {
      const change = await requestDetach(deps.sql, payment_method_id, caller);
      if (change === 'done') void deps.offer('payment_method', [payment_method_id]);
      return change;
    }
  }
}
