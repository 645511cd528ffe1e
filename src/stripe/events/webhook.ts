import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseObject } from '../json.ts';
import { type ProjectedEvent, projectEvent } from './event.ts';

/** Stripe's own tolerance. We apply it in both directions, because the SDK accepts any future time. */
const SIGNATURE_TOLERANCE_S = 300;

/** More signatures than secrets can be rolled: the rest of the header is not Stripe's. */
const SIGNATURES_MAX = 16;

export type WebhookVerdict =
  | { readonly kind: 'verified'; readonly event: ProjectedEvent }
  | {
      readonly kind: 'refused';
      readonly reason: 'header_missing' | 'header_malformed' | 'signature_mismatch' | 'too_old' | 'in_future';
    }
  /** Signed by Stripe, but no event we can read: thin events, another shape. */
  | { readonly kind: 'unreadable' };

/**
 * Whether Stripe sent exactly these bytes, now: HMAC-SHA256 over `<t>.<raw>`, keyed with the whole secret
 * text. `secrets` newest first, all tried while one is being rolled. `now_ms` is real time, never the test
 * clock (docs/protocol.md, 14.1).
 */
export function verifyWebhook(received: {
  readonly raw: Uint8Array;
  readonly header: string | undefined;
  readonly secrets: readonly string[];
  readonly now_ms: number;
}): WebhookVerdict {
  const { raw, header, secrets, now_ms } = received;
  if (header === undefined || header === '') return { kind: 'refused', reason: 'header_missing' };
  const signed = parseHeader(header);
  if (signed === null) return { kind: 'refused', reason: 'header_malformed' };
  const expected = secrets
    .filter((secret) => secret.trim() !== '')
    .map((secret) => sign(secret, signed.t, raw));
  // Compare every pair, so that the time taken does not reveal which secret or signature matched.
  const matches = signed.signatures.flatMap((v1) => expected.map((mac) => timingSafeEqual(mac, v1)));
  if (!matches.includes(true)) return { kind: 'refused', reason: 'signature_mismatch' };
  const age_s = Math.floor(now_ms / 1_000) - Number(signed.t);
  if (age_s > SIGNATURE_TOLERANCE_S) return { kind: 'refused', reason: 'too_old' };
  if (age_s < -SIGNATURE_TOLERANCE_S) return { kind: 'refused', reason: 'in_future' };
  const event = projectEvent(parseObject(Buffer.from(raw).toString('utf8')));
  return event === null ? { kind: 'unreadable' } : { kind: 'verified', event };
}

function sign(secret: string, t: string, raw: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${t}.`).update(raw).digest();
}

/** `t=<unix>,v1=<hex>[,v1=…]`; other schemes are left out, as Stripe asks. */
function parseHeader(header: string): { t: string; signatures: Buffer[] } | null {
  const items = header.split(',').map((item) => item.split('='));
  const times = items.filter(([name]) => name === 't').map(([, value]) => value ?? '');
  const signatures = items
    .filter(([name, value]) => name === 'v1' && /^[0-9a-f]{64}$/.test(value ?? ''))
    .slice(0, SIGNATURES_MAX)
    .map(([, value]) => Buffer.from(value ?? '', 'hex'));
  const [t] = times;
  if (t === undefined || times.length !== 1 || !/^\d{1,12}$/.test(t) || signatures.length === 0) return null;
  return { t, signatures };
}
