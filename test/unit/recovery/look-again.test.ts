import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { nextLook, type PageLook, refreshOf } from '../../../src/recovery/page/look-again.ts';

const PAGE = '/r/page/rec_a';
const at = (url: string) => nextLook({ url } as FastifyRequest, PAGE);

/** The looks that a browser makes by itself from here on. */
function looksFrom(url: string): PageLook[] {
  const looks: PageLook[] = [];
  for (let look = at(url); look !== null && looks.length < 100; look = at(look.path)) looks.push(look);
  return looks;
}

test('a page looks again at once, then more and more slowly, and stops within ten minutes', () => {
  const looks = looksFrom(PAGE);
  const delays = looks.map(({ delay_s }) => delay_s);
  expect(delays).toEqual([...delays].sort((a, b) => a - b));
  expect(delays[0]).toBeLessThanOrEqual(3);
  expect(delays.at(-1)).toBeGreaterThanOrEqual(60);
  expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeLessThan(600);
});

test('a count that is none begins anew, and one beyond the end looks no more', () => {
  for (const query of ['', '?look=', '?look=x', '?look=-1', '?look=9999', '?looks=12'])
    expect({ query, first: looksFrom(`${PAGE}${query}`)[0] }).toMatchObject({
      query,
      first: { path: `${PAGE}?look=1` },
    });
  for (const query of ['?look=12', '?look=999', '?x=1&look=99']) expect(at(`${PAGE}${query}`)).toBeNull();
});

test('the header names the seconds and the address', () => {
  expect(refreshOf({ delay_s: 3, path: `${PAGE}?look=2` })).toBe(`3; url=${PAGE}?look=2`);
});
