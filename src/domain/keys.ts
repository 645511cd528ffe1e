/**
 * Names that tie a call at Stripe to the row that owes it: idempotency keys `dc1:<row>:<verb>:<n>` and the
 * metadata `dc_*`. A key holds no personal data, is built from the row alone (never from time or chance), and
 * is what the events of that call carry back as `request.idempotency_key` (docs/protocol.md, 16.1).
 */

export const KEY_VERBS = [
  'create',
  'replace',
  'confirm',
  'cancel',
  'expire',
  'update',
  'detach',
  'refund',
] as const;
export type KeyVerb = (typeof KEY_VERBS)[number];

/** Whether a write under this verb makes something. */
export function creates(verb: KeyVerb): boolean {
  return verb === 'create' || verb === 'replace';
}

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

/** What marks of a row say besides its id. Absent where there is nothing to say. */
export type Marks = {
  readonly customer_id: string;
  /** The merchant's labels. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The merchant's own name for it. */
  readonly reference?: string | null;
  /** The keyed hash of what was asked for (`requestMark`). */
  readonly request: string | null;
};

/** Metadata of a PaymentIntent; the orphan sweep, `reconcile` and a look after a loss find it again by these. */
export function chargeMetadata(
  charge: Marks & { readonly id: string },
  instance: string,
): Record<string, string> {
  return labelled(charge, { dc_charge: charge.id, ...marksOf(charge), dc_instance: instance });
}

/** Stripe takes no more (https://docs.stripe.com/api/metadata). */
const LABELS_MAX = 50;

/** Our marks, and of the merchant's labels as many as fit beside them; where both have a name, it is our mark. */
function labelled({ metadata = {} }: Marks, marks: Record<string, string>): Record<string, string> {
  const names = Object.keys(metadata)
    .filter((name) => !Object.hasOwn(marks, name))
    .slice(0, LABELS_MAX - Object.keys(marks).length);
  return { ...Object.fromEntries(names.map((name) => [name, metadata[name] ?? ''])), ...marks };
}

function marksOf({ customer_id, reference, request }: Marks): Record<string, string> {
  return {
    dc_customer: customer_id,
    ...(request === null ? {} : { dc_request: request }),
    ...(reference == null ? {} : { reference }),
  };
}

/** Metadata of a SetupIntent or Checkout Session made for a setup; it names the recovery that asked for it, if one did. */
export function setupMetadata(
  setup: Marks & { readonly id: string; readonly recovery_id: string | null },
  instance: string,
): Record<string, string> {
  const asked_by = setup.recovery_id === null ? {} : { dc_recovery: setup.recovery_id };
  const marks = { dc_setup: setup.id, ...marksOf(setup), ...asked_by, dc_instance: instance };
  return labelled(setup, marks);
}

/**
 * Metadata of a refund: the merchant's own, then our marks, by which it is found again. Its charge's reference is there
 * unless the merchant's own labels say another.
 */
export function refundMetadata(
  refund: {
    readonly id: string;
    readonly charge_id: string;
    readonly metadata: Readonly<Record<string, string>>;
  },
  instance: string,
): Record<string, string> {
  return { ...refund.metadata, dc_refund: refund.id, dc_charge: refund.charge_id, dc_instance: instance };
}

/** How many labels of a merchant's fit beside them: Stripe takes 50 (https://docs.stripe.com/api/metadata). */
export const REFUND_LABELS_MAX = 47;

/** Metadata of a customer at Stripe. */
export function customerMetadata(
  { id, reference }: { readonly id: string; readonly reference: string | null },
  instance: string,
): Record<string, string> {
  return { ...marksOf({ customer_id: id, reference, request: null }), dc_instance: instance };
}
