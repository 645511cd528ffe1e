/** The client's verdicts beside those of the specification's own library, which shares no line with it. */
import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifyWebhook } from '../../../clients/typescript/src/client.ts';

const NOW_MS = Date.parse('2026-11-01T08:00:00Z');
const BODY = JSON.stringify({ id: 'dce_1', type: 'charge.succeeded', data: { object: { id: 'chg_1' } } });
const SECRET = newSecret();

beforeEach(() => vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => vi.useRealTimers());

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function headersOf(secret: string, body = BODY, age_s = 0): Record<string, string> {
  const at = new Date(NOW_MS - age_s * 1_000);
  return {
    'webhook-id': 'dce_1',
    'webhook-timestamp': String(at.getTime() / 1_000),
    'webhook-signature': new Webhook(secret).sign('dce_1', at, body),
  };
}

function isAcceptedByLibrary(secret: string, headers: Record<string, string>, body: string): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const because = (secrets: string | string[], headers: Record<string, string>, body = BODY) => {
  const verdict = verifyWebhook(secrets, headers, body);
  return verdict.outcome === 'verified' ? 'verified' : verdict.because;
};

test('what the library signs is verified, as text and as bytes, whatever it says and however headers are written', () => {
  const [headers, event] = [headersOf(SECRET), JSON.parse(BODY)];
  expect(verifyWebhook(SECRET, headers, BODY)).toEqual({ outcome: 'verified', event });
  expect(verifyWebhook(SECRET, new Headers(headers), Buffer.from(BODY))).toEqual({
    outcome: 'verified',
    event,
  });
  const capitals = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]);
  expect(verifyWebhook(SECRET, Object.fromEntries(capitals), BODY)).toEqual({ outcome: 'verified', event });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const body = JSON.stringify({ type: text, data: { object: text } });
      expect(because(SECRET, headersOf(SECRET, body), body)).toBe('verified');
    }),
    { numRuns: 20 },
  );
});

test('five minutes are the limit in both directions, to the second, for both', () => {
  for (const [age_s, verdict] of [
    [300, 'verified'],
    [301, 'too_old'],
    [-300, 'verified'],
    [-301, 'in_future'],
  ] as const) {
    const headers = headersOf(SECRET, BODY, age_s);
    expect(because(SECRET, headers)).toBe(verdict);
    expect(isAcceptedByLibrary(SECRET, headers, BODY)).toBe(verdict === 'verified');
  }
});

test('one changed character, anywhere, is refused by both', () => {
  const headers = headersOf(SECRET);
  const changed = (text: string, at: number) =>
    `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), (name, at) => {
      const text = headers[name] ?? '';
      // The last letter before the padding holds two bits that say nothing.
      const spoilt = { ...headers, [name]: changed(text, at % (text.length - 2)) };
      expect(because(SECRET, spoilt)).not.toBe('verified');
      expect(isAcceptedByLibrary(SECRET, spoilt, BODY)).toBe(false);
    }),
  );
  expect(because(SECRET, headers, `${BODY} `)).toBe('signature_mismatch');
  expect(because(newSecret(), headers)).toBe('signature_mismatch');
});

test('while a secret is rotated, either side may know one of several', () => {
  const [old, fresh] = [newSecret(), newSecret()];
  const headers = headersOf(old);
  const both = `v1a,AAAA v2,${'A'.repeat(44)} ${headersOf(fresh)['webhook-signature']} ${headers['webhook-signature']}`;
  expect(because([fresh, old], headers)).toBe('verified');
  expect(because(old, { ...headers, 'webhook-signature': both })).toBe('verified');
  expect(because(fresh, { ...headers, 'webhook-signature': both })).toBe('verified');
  expect(isAcceptedByLibrary(old, { ...headers, 'webhook-signature': both }, BODY)).toBe(true);
  expect(because(SECRET, { ...headers, 'webhook-signature': both })).toBe('signature_mismatch');
});

test('a missing header, another scheme and a body that is no event are refused, and a secret that is none throws', () => {
  const headers = headersOf(SECRET);
  for (const name of Object.keys(headers)) {
    const { [name]: _left, ...others } = headers;
    expect(because(SECRET, others)).toBe('header_missing');
  }
  const mac = createHmac('sha256', SECRET).update(BODY).digest('base64');
  expect(because(SECRET, { ...headers, 'webhook-signature': `v1,${mac}` })).toBe('signature_mismatch');
  expect(because(SECRET, headersOf(SECRET, '[]'), '[]')).toBe('unreadable');
  expect(because(SECRET, headersOf(SECRET, 'ping'), 'ping')).toBe('unreadable');
  expect(() => verifyWebhook('not a secret', headers, BODY)).toThrow(
    new TypeError('A secret is whsec_ and base64'),
  );
  expect(() => verifyWebhook('', headers, BODY)).toThrow(TypeError);
  expect(because([], headers)).toBe('signature_mismatch');
});
