/**
 * Whether Duecourse sent a notification: https://github.com/standard-webhooks/standard-webhooks, symmetric signatures.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { components } from './generated/schema.ts';

/** The specification's tolerance, in both directions: what is older may be a recording. */
const TOLERANCE_S = 300;
/** More than secrets can be rolled at a time: the rest of the header is not ours. */
const SIGNATURES_MAX = 16;
const SECRET = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;

/** Branch on `type`: it says what `data.object` is. */
export type WebhookEvent = components['schemas']['Event'];

export type WebhookVerdict =
  | { readonly outcome: 'verified'; readonly event: WebhookEvent }
  | { readonly outcome: 'refused'; readonly because: WebhookRefusal };
export type WebhookRefusal = 'header_missing' | 'too_old' | 'in_future' | 'signature_mismatch' | 'unreadable';

type HeaderFields = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Verifies one notification.
 *
 * @param secrets the endpoint's secret (`whsec_` and base64); while one is being rotated, the old and the new
 * @param headers all of the request: Node's, Fastify's or fetch's
 * @param rawBody the bytes as they came: parsed and written again they are others
 * @throws TypeError if a secret is none
 */
export function verifyWebhook(
  secrets: string | readonly string[],
  headers: HeaderFields,
  rawBody: string | Uint8Array,
  now_ms = Date.now(),
): WebhookVerdict {
  const keys = [secrets].flat().map(keyOf);
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    fieldOf(headers, `webhook-${name}`),
  );
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp ?? '')) return refused('header_missing');
  const expected = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest(),
  );
  // Every pair is compared, so that the time taken does not tell which secret or signature was the right one.
  const matches = signed(signatures).flatMap((mac) => expected.map((own) => timingSafeEqual(own, mac)));
  if (!matches.includes(true)) return refused('signature_mismatch');
  const age_s = Math.floor(now_ms / 1_000) - Number(timestamp);
  if (age_s > TOLERANCE_S) return refused('too_old');
  if (age_s < -TOLERANCE_S) return refused('in_future');
  const event = eventIn(typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody));
  return event === null ? refused('unreadable') : { outcome: 'verified', event };
}

const refused = (because: WebhookRefusal): WebhookVerdict => ({ outcome: 'refused', because });

function keyOf(secret: string): Buffer {
  const [, base64] = SECRET.exec(secret) ?? [];
  // It must not stand in the error: that ends up in a log.
  if (base64 === undefined) throw new TypeError('A secret is whsec_ and base64');
  return Buffer.from(base64, 'base64');
}

/** `v1,<base64>` apart by blanks; other versions are left out, as the specification asks. */
function signed(header: string): Buffer[] {
  return header
    .split(' ', SIGNATURES_MAX)
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'))
    .filter((mac) => mac.length === 32);
}

function fieldOf(headers: HeaderFields, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return typeof entry?.[1] === 'string' ? entry[1] : undefined;
}

function eventIn(body: string): WebhookEvent | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const isEvent = typeof parsed === 'object' && parsed !== null && 'type' in parsed && 'data' in parsed;
    return isEvent ? (parsed as WebhookEvent) : null;
  } catch {
    return null;
  }
}
