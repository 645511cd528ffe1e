import type { Intent, Json } from './stripe-intents.ts';

/** As the API shows it. */
export function intentJson(intent: Intent): Json {
  const isChallenged = intent.status === 'requires_action';
  return {
    object: 'payment_intent',
    id: intent.id,
    status: intent.status,
    amount: intent.amount,
    amount_received: intent.status === 'succeeded' ? intent.amount : 0,
    currency: 'eur',
    customer: intent.customer,
    livemode: false,
    created: intent.created_s,
    payment_method: intent.payment_method,
    latest_charge: intent.latest_charge,
    cancellation_reason: null,
    setup_future_usage: intent.setup_future_usage,
    metadata: intent.metadata,
    last_payment_error: intent.last_error,
    next_action: isChallenged
      ? { redirect_to_url: { url: `https://bank.test/${intent.id}/${intent.challenge}` } }
      : null,
  };
}
