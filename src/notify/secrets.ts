/**
 * The secrets that sign notifications: made here, shown once, and kept sealed, so that neither the database nor a copy of it
 * signs anything. The sealing key is derived from a key of the environment (`LINK_KEYS`), for this purpose alone; the endpoint's
 * id is bound in, so that no secret opens in another's place.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { LinkKey } from '../platform/config.ts';
import type { SealedSecret } from '../store/schema/endpoints.ts';

const PREFIX = 'whsec_';
/** The specification wants 24 to 64 (github.com/standard-webhooks/standard-webhooks, "Signature scheme"). */
const SECRET_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'duecourse webhook endpoint secret';

export type SecretKeys = readonly [LinkKey, ...LinkKey[]];

/** A fresh secret: as its merchant sees it, once, and as it is kept. */
export function newSecret(keys: SecretKeys, endpoint_id: string) {
  const secret = randomBytes(SECRET_BYTES);
  return { shown: `${PREFIX}${secret.toString('base64')}`, kept: seal(keys, endpoint_id, secret) };
}

/** Seals under the newest key. */
function seal([key]: SecretKeys, endpoint_id: string, secret: Buffer): Omit<SealedSecret, 'until'> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key), iv).setAAD(Buffer.from(endpoint_id));
  const sealed = Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return { key_id: key.kid, box: sealed.toString('base64url') };
}

/** Null when its key is not configured any more, or it was altered. */
export function unseal(keys: SecretKeys, endpoint_id: string, { key_id, box }: SealedSecret): Buffer | null {
  const key = keys.find(({ kid }) => kid === key_id);
  if (key === undefined) return null;
  const bytes = Buffer.from(box, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), bytes.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(endpoint_id))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** The same secret under the newest key; as it is, where it is so already or no key opens it. */
export function reseal(keys: SecretKeys, endpoint_id: string, secret: SealedSecret): SealedSecret {
  if (secret.key_id === keys[0].kid) return secret;
  const opened = unseal(keys, endpoint_id, secret);
  return opened === null ? secret : { ...seal(keys, endpoint_id, opened), until: secret.until };
}

/** `webhook-signature`: one `v1,…` for each secret, over id, time and the exact bytes of the body. */
export function signatures(
  secrets: readonly Buffer[],
  { webhook_id, timestamp_s, body }: { webhook_id: string; timestamp_s: number; body: string },
): string {
  const signed = `${webhook_id}.${timestamp_s}.${body}`;
  return secrets
    .map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`)
    .join(' ');
}

const derived = new WeakMap<LinkKey, Buffer>();

function sealingKey(key: LinkKey): Buffer {
  const known = derived.get(key) ?? Buffer.from(hkdfSync('sha256', key.secret, '', PURPOSE, 32));
  derived.set(key, known);
  return known;
}
