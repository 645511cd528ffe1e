/** What must hold of every page and every mail that a customer sees, and the picture of it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Look } from './chromium-window.ts';

const FOLDER = 'test/browser/screenshots';
/** On a build machine nobody looks at them. */
const isPictured = process.env.CI !== 'true';
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export type Album = {
  /** Looks at the page as it is now: nothing wider than its place or cut off, and, for people, a picture named for the state. */
  look(page: Page, state: string, look: Look): Promise<void>;
};

/** A folder of pictures of its own for a test file, emptied first. */
export function openAlbum(name: string): Album {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return {
    async look(page, state, { width, scheme }) {
      const spilling = await page.evaluate(() =>
        [...document.querySelectorAll('html, html *')]
          // Inline elements have no width of their own, what only readers hear has one pixel.
          .filter(({ clientWidth, scrollWidth }) => clientWidth > 1 && scrollWidth > clientWidth + 1)
          .map(({ tagName, className, scrollWidth }) => `${tagName}.${className} ${scrollWidth}`),
      );
      expect.soft({ state, width, spilling }).toEqual({ state, width, spilling: [] });
      if (!isPictured) return;
      await page.screenshot({ path: join(folder, `${state}-${width}-${scheme}.png`), fullPage: true });
    },
  };
}

/**
 * Asserts that axe finds nothing to object to. A mail is judged by WCAG alone: axe's further advice is about pages with
 * landmarks, and mail readers show a mail inside a page of their own.
 */
export async function expectAccessible(page: Page, kind: 'page' | 'mail' = 'page'): Promise<void> {
  const tags = kind === 'page' ? [...WCAG, 'best-practice'] : WCAG;
  // Evaluated through the debugger, which the page's policy does not bind; no policy is switched off for this.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (values) => {
    const judge = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations } = await judge.run({
      runOnly: { type: 'tag', values },
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    return violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) }));
  }, tags);
  expect.soft(found, `axe at ${page.url()}`).toEqual([]);
}
