import { expect, test } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import type { LinkKeys } from '../../../src/recovery/link/link.ts';
import { claimedSetup, setupLinks } from '../../../src/recovery/link/setup-link.ts';

const NEW = { kid: 'new', secret: 'the-newest-secret-of-at-least-32-characters' };
const OLD = { kid: 'old', secret: 'an-older-secret-of-at-least-32-characters' };
const id = randomId('set');

const deployment = (deriveKey: string, keys: LinkKeys) =>
  setupLinks({ instance: { id: 'ins_1', deriveKey: Buffer.from(deriveKey), livemode: false } }, keys);
const links = deployment('derive-key-of-at-least-thirty-two-bytes', [NEW, OLD]);

test('a link is the same however often it is minted, and names its setup', () => {
  const token = links.mint('link', id);

  expect(links.mint('link', id)).toBe(token);
  expect([claimedSetup(token), links.is('link', id, token)]).toEqual([id, true]);
});

test('a link signed by an older key opens its page as long as that key is known', () => {
  const before = deployment('derive-key-of-at-least-thirty-two-bytes', [OLD]).mint('link', id);

  expect(before).not.toBe(links.mint('link', id));
  expect(links.is('link', id, before)).toBe(true);
  const without = deployment('derive-key-of-at-least-thirty-two-bytes', [NEW]);
  expect(without.is('link', id, before)).toBe(false);
});

test('a token serves its setup, its purpose and its deployment, and no other', () => {
  const token = links.mint('link', id);
  const elsewhere = deployment('another-derive-key-of-thirty-two-bytes-', [NEW, OLD]);
  const others = [
    links.is('cookie', id, token),
    links.is('form', id, token),
    links.is('link', randomId('set'), token),
    links.is(
      'link',
      id,
      token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ),
    elsewhere.is('link', id, token),
  ];

  expect(others).not.toContain(true);
});

test.each([
  '',
  'v1',
  'v1.set_x.1.y',
  `v1.${randomId('rec')}.1.${'A'.repeat(43)}`,
  `v1.${id}.2.${'A'.repeat(43)}`,
])('takes %j for no link of a setup', (text) => {
  expect(claimedSetup(text)).toBeNull();
});
