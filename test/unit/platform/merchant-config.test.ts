/** A merchant's logo and colour, as the environment may name them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/platform/config.ts';

const EXAMPLE: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync('.env.example', 'utf8')
    .split('\n')
    .flatMap((line) => (/^[A-Z]/.test(line) ? [line.split(/=(.*)/s, 2) as [string, string]] : [])),
);

test('takes a logo of another host, or a path at our own address, and a colour written short', () => {
  const merchantOf = (more: object) => loadConfig({ ...EXAMPLE, ...more }).merchant;
  expect(merchantOf({})).toMatchObject({ logo_url: null, color: null });
  expect(
    merchantOf({ MERCHANT_LOGO_URL: 'https://cdn.example/logo.png?v=1', MERCHANT_COLOR: '#14C' }),
  ).toMatchObject({ logo_url: 'https://cdn.example/logo.png?v=1', color: '#1144cc' });
  expect(merchantOf({ MERCHANT_LOGO_URL: '/brand/logo.png' }).logo_url).toBe(
    `${new URL(String(EXAMPLE.PUBLIC_URL)).origin}/brand/logo.png`,
  );
});

test.each([
  ['MERCHANT_COLOR', 'crimson'],
  ['MERCHANT_COLOR', '#1144c'],
  ['MERCHANT_COLOR', '#ffffff;}body{display:none'],
  ['MERCHANT_LOGO_URL', 'http://cdn.example/logo.png'],
  ['MERCHANT_LOGO_URL', '//cdn.example/logo.png'],
  ['MERCHANT_LOGO_URL', '/\\cdn.example/logo.png'],
  ['MERCHANT_LOGO_URL', 'https://user@cdn.example/logo.png'],
  ['MERCHANT_LOGO_URL', 'https://cdn.example;script-src/logo.png'],
  ['MERCHANT_LOGO_URL', 'data:image/png;base64,AAAA'],
  ['MERCHANT_LOGO_URL', 'logo.png'],
])('refuses %s=%s', (variable, value) => {
  expect(() => loadConfig({ ...EXAMPLE, [variable]: value })).toThrow(`at ${variable}`);
});
