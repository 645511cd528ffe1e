/** The browser for the browser tests and for screenshots. */
import { onPath } from './on-path.ts';

/** `CHROMIUM_PATH`, else the first Chromium on PATH, else `null`. */
export function chromiumPath(): string | null {
  const given = process.env.CHROMIUM_PATH;
  return given || onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}
