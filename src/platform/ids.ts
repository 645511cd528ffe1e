/**
 * Prefixed ids: `chg_` and 24 characters of lower-case base32, hence 120 bits.
 *
 * Ids of charges, setups and customers are derived from what the caller sent, so that a row lost in a
 * failover comes back under the same id and therefore with the same idempotency keys at Stripe
 * (docs/protocol.md, 1.4).
 */
import { createHmac, randomFillSync } from 'node:crypto';

const ID_PREFIXES = [
  'cst',
  'cns',
  'set',
  'chg',
  'rfd',
  'run',
  'rec',
  'rpl',
  'msg',
  'ntc',
  'dce',
  'whe',
  'dlv',
  'key',
  'req',
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 15;
/** Random bytes for many ids. Fetched one by one, they cost more than the rest of refusing a request. */
const pool = Buffer.alloc(256 * BYTES);
let used = pool.length;

/** The pattern of one kind of id, so that a malformed one is refused before it reaches a query. */
export function idPattern(prefix: IdPrefix): RegExp {
  return new RegExp(`^${prefix}_[a-z2-7]{24}$`);
}

/**
 * The id of these parts under this instance key: always the same.
 *
 * @param instanceKey secret of the deployment that never rotates, at least 32 bytes
 * @param parts e.g. route and Idempotency-Key; each is length-prefixed, so `('a','bc')` differs from
 * `('ab','c')`
 */
export function derivedId(prefix: IdPrefix, instanceKey: Buffer, ...parts: string[]): string {
  const mac = createHmac('sha256', instanceKey);
  for (const part of [prefix, ...parts]) {
    mac.update(`${Buffer.byteLength(part)}:`);
    mac.update(part);
  }
  return `${prefix}_${base32(mac.digest())}`;
}

/**
 * What stands at Stripe for a request: the same for the same request, and telling nothing of it to anyone without the
 * instance key. Null for a row that does not know its request.
 *
 * @param request_hash SHA-256 of the request's canonical JSON
 */
export function requestMark(instanceKey: Buffer, request_hash: Buffer | null): string | null {
  if (request_hash === null) return null;
  return base32(createHmac('sha256', instanceKey).update('dc_request').update(request_hash).digest());
}

/**
 * What is kept of a card's number: the same for the same number at this deployment, and telling nothing of it, nor of what
 * Stripe calls it, to anyone without the instance key. Null for a card without a fingerprint.
 *
 * @param fingerprint `card.fingerprint` (https://docs.stripe.com/api/payment_methods/object)
 */
export function cardMark(instanceKey: Buffer, fingerprint: string | null): string | null {
  if (fingerprint === null) return null;
  return base32(createHmac('sha256', instanceKey).update('card_fingerprint').update(fingerprint).digest());
}

/** A fresh id nobody can guess. */
export function randomId(prefix: IdPrefix): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES;
  return `${prefix}_${base32(pool.subarray(used - BYTES, used))}`;
}

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes.subarray(0, BYTES)) {
    value = ((value & 0x1f) << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 0x1f];
  }
  return text;
}
