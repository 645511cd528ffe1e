import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../../src/stripe/events/webhook.ts';

const SECRET = 'whsec_new';
const NOW_MS = 1_700_000_000_000;
const NOW_S = NOW_MS / 1_000;
const PAYLOAD = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  created: NOW_S,
  livemode: false,
  request: null,
  data: { object: { id: 'pi_1', object: 'payment_intent', status: 'succeeded', note: 'ünïcode' } },
});

const sign = (payload: string | Buffer, t: number | string = NOW_S, secret = SECRET) =>
  createHmac('sha256', secret).update(`${t}.`).update(payload).digest('hex');

function verify(
  header: string | undefined,
  payload: string | Buffer = PAYLOAD,
  secrets = [SECRET, 'whsec_old'],
) {
  return verifyWebhook({ raw: Buffer.from(payload), header, secrets, now_ms: NOW_MS });
}

const refused = (reason: string) => ({ kind: 'refused', reason });

describe('a webhook', () => {
  it("is verified when the SDK's own helper signed it", () => {
    const stripe = new Stripe('sk_test_1');
    const header = stripe.webhooks.generateTestHeaderString({
      payload: PAYLOAD,
      secret: SECRET,
      timestamp: NOW_S,
    });
    expect(verify(header)).toMatchObject({ kind: 'verified', event: { id: 'evt_1', object_id: 'pi_1' } });
  });

  it('is verified by either secret while one is rolled, in any order of signatures', () => {
    const old = sign(PAYLOAD, NOW_S, 'whsec_old');
    const other = sign(PAYLOAD, NOW_S, 'whsec_somebody');
    expect(verify(`t=${NOW_S},v1=${old}`).kind).toBe('verified');
    expect(verify(`t=${NOW_S},v1=${other},v1=${old},v0=${other}`).kind).toBe('verified');
    expect(verify(`t=${NOW_S},v1=${other}`)).toEqual(refused('signature_mismatch'));
  });

  it.each([
    [0, 'verified'],
    [300, 'verified'],
    [301, 'too_old'],
    [-300, 'verified'],
    [-301, 'in_future'],
  ])('signed %i seconds ago is %s', (age_s, outcome) => {
    const t = NOW_S - age_s;
    const verdict = verify(`t=${t},v1=${sign(PAYLOAD, t)}`);
    expect(verdict.kind === 'refused' ? verdict.reason : verdict.kind).toBe(outcome);
  });

  it.each([
    [undefined, 'header_missing'],
    ['', 'header_missing'],
    ['nonsense', 'header_malformed'],
    [`t=${NOW_S}`, 'header_malformed'],
    [`v1=${sign(PAYLOAD)}`, 'header_malformed'],
    [`t=${NOW_S},v0=${sign(PAYLOAD)}`, 'header_malformed'],
    [`t=${NOW_S},v1=abc`, 'header_malformed'],
    [`t=${NOW_S},t=${NOW_S},v1=${sign(PAYLOAD)}`, 'header_malformed'],
    [`t=-1,v1=${sign(PAYLOAD, '-1')}`, 'header_malformed'],
    [`t=1e9,v1=${sign(PAYLOAD, '1e9')}`, 'header_malformed'],
    [`t=${NOW_S},v1=${sign(PAYLOAD).toUpperCase()}`, 'header_malformed'],
    [`t=${NOW_S + 1},v1=${sign(PAYLOAD)}`, 'signature_mismatch'],
  ])('with the header %j is refused: %s', (header, reason) => {
    expect(verify(header)).toEqual(refused(reason));
  });

  it('is refused when any byte of it differs', () => {
    const header = `t=${NOW_S},v1=${sign(PAYLOAD)}`;
    const bytes = Buffer.from(PAYLOAD);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ flip;
        expect(verify(header, changed)).toEqual(refused('signature_mismatch'));
      }),
    );
    expect(verify(header, `\u{feff}${PAYLOAD}`)).toEqual(refused('signature_mismatch'));
    expect(verify(header, `${PAYLOAD}\n`)).toEqual(refused('signature_mismatch'));
  });

  it('is never verified by a blank secret', () => {
    for (const blank of ['', '  ']) {
      const header = `t=${NOW_S},v1=${sign(PAYLOAD, NOW_S, blank)}`;
      expect(verify(header, PAYLOAD, [blank])).toEqual(refused('signature_mismatch'));
    }
    expect(verify(`t=${NOW_S},v1=${sign(PAYLOAD)}`, PAYLOAD, [])).toEqual(refused('signature_mismatch'));
  });

  it.each(['not json', '{}', '[]', '{"object":"v2.core.event","id":"evt_2"}'])(
    'signed by Stripe but reading %s is unreadable',
    (payload) => expect(verify(`t=${NOW_S},v1=${sign(payload)}`, payload)).toEqual({ kind: 'unreadable' }),
  );
});
