import { expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { isToken, type LinkKeys, mintToken, parseToken, wasToken } from '../../../src/recovery/link/link.ts';

const keys: LinkKeys = [
  { kid: 'new', secret: 'the-newest-secret-of-at-least-32-characters' },
  { kid: 'old', secret: 'an-older-secret-of-at-least-32-characters' },
];
const row = { id: randomId('rec'), link_version: 3, link_key_id: 'old', link_nonce: 'nonce-of-the-row' };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';

test('a token is the same however often it is minted, and is accepted to the character', () => {
  const token = mintToken(keys, 'link', row);

  expect(mintToken(keys, 'link', row)).toBe(token);
  expect(isToken(keys, 'link', row, token)).toBe(true);
  expect(parseToken(token)).toMatchObject({ recovery_id: row.id, version: 3 });
});

test('no token with one character changed, dropped, doubled or added is accepted', () => {
  const token = mintToken(keys, 'link', row);
  const bent: string[] = [`${token}A`, `A${token}`, `${token}=`, `${token} `, token.toUpperCase()];
  for (let at = 0; at < token.length; at += 1) {
    for (const letter of ALPHABET) {
      if (letter !== token[at]) bent.push(token.slice(0, at) + letter + token.slice(at + 1));
    }
    bent.push(token.slice(0, at) + token.slice(at + 1));
  }

  expect(bent.length).toBeGreaterThan(4_000);
  expect(bent.filter((text) => isToken(keys, 'link', row, text))).toEqual([]);
});

test('a token serves its purpose, version, recovery, nonce and key, and no other', () => {
  const token = mintToken(keys, 'link', row);
  const others = [
    isToken(keys, 'cookie', row, token),
    isToken(keys, 'form', row, token),
    isToken(keys, 'link', { ...row, link_version: 4 }, token),
    isToken(keys, 'link', { ...row, id: randomId('rec') }, token),
    isToken(keys, 'link', { ...row, link_nonce: 'another' }, token),
    isToken(keys, 'link', { ...row, link_key_id: 'new' }, token),
    isToken([keys[0]], 'link', row, token),
    isToken(keys, 'link', { ...row, link_key_id: null }, token),
  ];

  expect(others).not.toContain(true);
});

test('a superseded token is recognised as having been one, a later or forged one is not', () => {
  const claimOf = (text: string) => parseToken(text) ?? { recovery_id: '', version: 0, text };
  const earlier = mintToken(keys, 'link', { ...row, link_version: 2, link_key_id: 'new' });
  const later = mintToken(keys, 'link', { ...row, link_version: 4 });
  const forged = mintToken([{ kid: 'old', secret: 'guessed' }], 'link', { ...row, link_version: 2 });

  expect(wasToken(keys, 'link', row, claimOf(earlier))).toBe(true);
  expect(wasToken(keys, 'link', row, claimOf(later))).toBe(false);
  expect(wasToken(keys, 'link', row, claimOf(forged))).toBe(false);
});

test('a row whose key was retired cannot be minted for, and says so', () => {
  expect(() => mintToken([keys[0]], 'link', row)).toThrow('link key unknown');
});

test('texts that are no token are no claim', () => {
  const texts = [
    '',
    'v1',
    'v1..1.x',
    `v2.${row.id}.1.${'a'.repeat(43)}`,
    'v1.'.repeat(500),
    '\u0000',
    '../../etc',
  ];
  expect(texts.map(parseToken)).toEqual(texts.map(() => null));
});
