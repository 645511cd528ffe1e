import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { newSecret, reseal, type SecretKeys, signatures, unseal } from '../../../src/notify/secrets.ts';

const OLD = { kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' };
const NEW = { kid: 'k2', secret: 'another-link-secret-of-32-characters-or-more' };
const KEYS: SecretKeys = [OLD];

const bytesOf = (shown: string) => Buffer.from(shown.slice('whsec_'.length), 'base64');

describe('a secret', () => {
  test('is 24 to 64 random bytes, and no two are alike', () => {
    const secrets = Array.from({ length: 50 }, () => newSecret(KEYS, 'whe_1').shown);
    expect(new Set(secrets).size).toBe(50);
    for (const shown of secrets) {
      expect(bytesOf(shown).length).toBeGreaterThanOrEqual(24);
      expect(bytesOf(shown).length).toBeLessThanOrEqual(64);
    }
  });

  test('opens for its own endpoint, with its own key, as it was sealed, and not otherwise', () => {
    const { shown, kept } = newSecret(KEYS, 'whe_1');
    const sealed = { ...kept, until: null };
    expect(unseal(KEYS, 'whe_1', sealed)).toEqual(bytesOf(shown));
    expect(unseal([NEW, OLD], 'whe_1', sealed)).toEqual(bytesOf(shown));
    expect(unseal(KEYS, 'whe_2', sealed)).toBeNull();
    expect(unseal([NEW], 'whe_1', sealed)).toBeNull();
    expect(unseal([{ ...NEW, kid: 'k1' }], 'whe_1', sealed)).toBeNull();
    const altered = `${sealed.box.startsWith('A') ? 'B' : 'A'}${sealed.box.slice(1)}`;
    expect(unseal(KEYS, 'whe_1', { ...sealed, box: altered })).toBeNull();
  });

  test('comes under a new key, after which nothing needs the one before', () => {
    const { shown, kept } = newSecret(KEYS, 'whe_1');
    const sealed = { ...kept, until: '2030-01-01T00:00:00Z' };
    const resealed = reseal([NEW, OLD], 'whe_1', sealed);
    expect(resealed).toMatchObject({ key_id: 'k2', until: sealed.until });
    expect(unseal([NEW], 'whe_1', resealed)).toEqual(bytesOf(shown));
    expect(reseal([NEW, OLD], 'whe_1', resealed)).toBe(resealed);
    expect(reseal([NEW], 'whe_1', sealed)).toBe(sealed);
  });
});

test('signatures are those of the reference library, one for each secret', () => {
  const [one, two] = [newSecret(KEYS, 'whe_1').shown, newSecret(KEYS, 'whe_1').shown];
  const signed = { webhook_id: 'dce_1', timestamp_s: 1_800_000_000, body: '{"größe":"€"}' };
  const at = new Date(signed.timestamp_s * 1_000);
  const theirs = [one, two].map((secret) => new Webhook(secret).sign(signed.webhook_id, at, signed.body));
  expect(signatures([bytesOf(one), bytesOf(two)], signed)).toBe(theirs.join(' '));
});
