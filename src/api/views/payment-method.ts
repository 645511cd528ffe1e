import type { MandateStatus } from '../../domain/charge/payment-snapshot.ts';
import { isSetUpForLess } from '../../domain/consent.ts';
import { machines, type StateOf } from '../../domain/machines.ts';
import type { MethodView } from '../../store/customer/payment-method-list.ts';
import type { PaymentMethodView } from '../schemas/payment-method.ts';
import { consentView } from './consent.ts';

/** A charge on such a method is accepted; its bank is likelier to ask for the customer. */
const WARNING_SET_UP_ON_SESSION = 'set_up_on_session';

/** A saved method as the API shows it. */
export function paymentMethodView({ method, consent, is_default, closed }: MethodView): PaymentMethodView {
  const usage = method.usage as PaymentMethodView['usage'];
  const isForLess =
    consent !== null && isSetUpForLess(usage, { scope: consent.scope as PaymentMethodView['usage'] });
  return {
    id: method.id,
    object: 'payment_method',
    customer: method.customer_id,
    type: method.type,
    card: cardView(method),
    bank: bankView(method),
    mandate: mandateView(method),
    usage,
    consent: consent && consentView(consent),
    default: is_default,
    status: machines.payment_method.statuses[method.state as StateOf<'payment_method'>],
    closed: closed && { reason: closed.reason, at: new Date(closed.at).toISOString() },
    detail: method.state === 'needs_review' ? 'under_review' : method.detail,
    warnings: isForLess ? [WARNING_SET_UP_ON_SESSION] : [],
  };
}

/** Facts of an event that an earlier release wrote lack what it did not keep, as do those that were forgotten. */
function bankView({
  type,
  bank_name,
  bank_country,
  bank_last4,
  mandate_reference,
}: MethodView['method']): PaymentMethodView['bank'] {
  if (type === 'card' || bank_last4 == null) return null;
  const [name, country, reference] = [bank_name ?? null, bank_country ?? null, mandate_reference ?? null];
  return { bank_name: name, country, last4: bank_last4, mandate_reference: reference };
}

/** One that an earlier release kept was never followed: what is known of it is that no debit was refused for its end. */
function mandateView({
  type,
  detail,
  mandate_id,
  mandate_status,
  mandate_url,
}: MethodView['method']): PaymentMethodView['mandate'] {
  if (type === 'card' || mandate_id === null) return null;
  const unread = detail === 'mandate_inactive' ? 'inactive' : 'active';
  const status = (mandate_status ?? unread) as MandateStatus;
  return { id: mandate_id, status, url: mandate_url ?? null };
}

function cardView(method: MethodView['method']): PaymentMethodView['card'] {
  const { card_brand, card_last4, card_exp_month, card_exp_year } = method;
  if (card_brand === null || card_last4 === null || card_exp_month === null || card_exp_year === null)
    return null;
  return { brand: card_brand, last4: card_last4, exp_month: card_exp_month, exp_year: card_exp_year };
}
