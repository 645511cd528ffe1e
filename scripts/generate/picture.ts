/**
 * Composes the README's picture from the screenshots that `npm run test:browser` has written. `pngquant 64` makes it
 * small enough to commit.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openChromium } from '../../test/browser/chromium-window.ts';

const SHOTS = [
  ['The mail', 'mails/opened-authenticate-to_confirm-390-light'],
  ['The page behind its link', 'pages/to_confirm-390-light'],
  ['Back from the bank', 'pages/paid-390-light'],
] as const;
const WIDTH = 1_250;

function imageOf(shot: string): string {
  const png = readFileSync(new URL(`../../test/browser/screenshots/${shot}.png`, import.meta.url));
  return `data:image/png;base64,${png.toString('base64')}`;
}

const figures = SHOTS.map(
  ([caption, shot]) => `<figure><figcaption>${caption}</figcaption><img src="${imageOf(shot)}"></figure>`,
);
const html = `<style>
  body { margin: 0; padding: 20px 20px 24px; display: flex; gap: 20px; background: #dfe3ea; font: 600 17px system-ui, sans-serif }
  figure { margin: 0 } figcaption { color: #3c4656; padding: 0 4px 12px }
  img { display: block; width: 390px; height: 900px; object-fit: none; object-position: top; background: #f1f2f6; border-radius: 14px }
</style>${figures.join('')}`;

const windows = await openChromium();
const page = await windows.open({ width: WIDTH });
await page.setContent(html);
await page.screenshot({
  path: fileURLToPath(new URL('../../docs/images/mail-and-page.png', import.meta.url)),
  fullPage: true,
});
await windows.close();
