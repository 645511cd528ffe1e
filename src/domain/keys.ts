/**
 * Names that tie a call at Stripe to the row that owes it: idempotency keys `dc1:<row>:<verb>:<n>` and the
 * metadata `dc_*`. A key holds no personal data, is built from the row alone (never from time or chance), and
 * is what the events of that call carry back as `request.idempotency_key` (docs/protocol.md, 16.1).
 */

export const KEY_VERBS = ['create', 'confirm', 'cancel', 'expire', 'update', 'detach', 'refund'] as const;
export type KeyVerb = (typeof KEY_VERBS)[number];

/** The parts of a key: the row's public id (`chg_…`), the verb, and which writing of that verb (from 1). */
export type KeyParts = { readonly row: string; readonly verb: KeyVerb; readonly n: number };

/** Stripe refuses longer ones. */
const KEY_LENGTH_MAX = 255;
const KEY_FORMAT = /^dc1:([A-Za-z0-9_-]{1,200}):([a-z]+):([1-9][0-9]{0,8})$/;

/**
 * The idempotency key of the n-th writing of a verb for a row.
 * Throws a RangeError on parts that would not read back as they are: that is a defect in the caller.
 */
export function buildKey(parts: KeyParts): string {
  const key = `dc1:${parts.row}:${parts.verb}:${parts.n}`;
  if (parseKey(key) === null)
    throw new RangeError('an idempotency key needs a row id, a known verb and n from 1');
  return key;
}

/** The parts of a key of ours, or null for any other text (another integration's key, a key of the SDK). */
export function parseKey(key: string | null): KeyParts | null {
  if (key === null || key.length > KEY_LENGTH_MAX) return null;
  const match = KEY_FORMAT.exec(key);
  const [, row, verbText, n] = match ?? [];
  const verb = KEY_VERBS.find((known) => known === verbText);
  if (row === undefined || verb === undefined || n === undefined) return null;
  return { row, verb, n: Number(n) };
}

/** Metadata of a PaymentIntent; the orphan sweep and `reconcile` find it again by these. */
export function chargeMetadata(charge_id: string, instance: string) {
  return { dc_charge: charge_id, dc_instance: instance };
}

/** Metadata of a SetupIntent or Checkout Session made for a setup; it names the recovery that asked for it, if one did. */
export function setupMetadata(
  { id, recovery_id }: { readonly id: string; readonly recovery_id: string | null },
  instance: string,
): Record<string, string> {
  const asked_by = recovery_id === null ? {} : { dc_recovery: recovery_id };
  return { dc_setup: id, ...asked_by, dc_instance: instance };
}

/** Metadata of a customer at Stripe. */
export function customerMetadata(customer_id: string, instance: string) {
  return { dc_customer: customer_id, dc_instance: instance };
}
