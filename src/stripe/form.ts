import type { FutureUsage } from '../domain/charge/payment-snapshot.ts';

/**
 * Form texts as the SDK would encode them, written by us because an attempt stores its exact body before the
 * first byte leaves. Brackets stay readable, spaces are `%20`, order is the order given.
 */
export function formText(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** The parameter that says which types a PaymentIntent takes from then on. */
export const ALLOWED_TYPES = 'allowed_payment_method_types';

/** A confirm while the customer is away: charged at once or refused, never left at a challenge. */
export type OffSessionConfirm = {
  readonly kind: 'off_session';
  readonly payment_method: string;
  /** Sent when the method is of another type than the PaymentIntent was made for. */
  readonly new_type?: string;
  /** The day of a debit, by its type; null takes back the one of an earlier confirm. */
  readonly target_date?: { readonly type: string; readonly day: string | null };
};

/** A confirm by the customer's press; `return_url` is where the bank sends them back, without any token. */
export type OnSessionConfirm = {
  readonly kind: 'on_session';
  readonly payment_method: string;
  readonly new_type?: string;
  readonly return_url: string;
  /** Only where the consent covers it (docs/protocol.md, 11.3). */
  readonly setup_future_usage?: FutureUsage;
};

/**
 * The exact body of a confirm. It names the payment method every time: after a decline the PaymentIntent has
 * forgotten it.
 */
export function confirmBody(confirm: OffSessionConfirm | OnSessionConfirm): string {
  const pairs: [string, string][] = [['payment_method', confirm.payment_method]];
  if (confirm.new_type !== undefined) pairs.push([`${ALLOWED_TYPES}[0]`, confirm.new_type]);
  if (confirm.kind === 'off_session') {
    pairs.push(['off_session', 'true']);
    if (confirm.target_date !== undefined) {
      const { type, day } = confirm.target_date;
      pairs.push([`payment_method_options[${type}][target_date]`, day ?? '']);
    }
  } else {
    pairs.push(['return_url', confirm.return_url]);
    if (confirm.setup_future_usage !== undefined) {
      pairs.push(['setup_future_usage', confirm.setup_future_usage]);
    }
  }
  return formText(pairs);
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!*()']/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');
}
