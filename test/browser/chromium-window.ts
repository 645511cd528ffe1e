/**
 * Windows of a real Chromium in which a customer pays. They reach nothing but this machine, and what a page does
 * against its own policy, or loads besides itself, is kept as a complaint.
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../sandbox/chromium.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];
const HEIGHT = 844;
/** Everything here is on this machine: whoever waits longer waits for nothing. */
const WAIT_MS = 60_000;

export type Scheme = 'light' | 'dark';
export type Look = { readonly width: number; readonly scheme: Scheme };

/** A small phone, a phone and a desk, by day and by night. */
export const LOOKS: readonly Look[] = [320, 390, 1_280].flatMap((width) => [
  { width, scheme: 'light' as const },
  { width, scheme: 'dark' as const },
]);

export type Windows = {
  /** A window with cookies of its own. */
  open(look?: Partial<Look>, options?: BrowserContextOptions): Promise<Page>;
  /** What pages were refused by their policy, threw, or tried to load. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
};

/** Starts the browser; close it after the file. */
export async function openChromium(): Promise<Windows> {
  const executablePath = chromiumPath();
  if (executablePath === null)
    throw new Error('no Chromium here: apt-get install -y chromium, or CHROMIUM_PATH');
  const browser: Browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  const complaints: string[] = [];
  return {
    complaints,
    async open(look = {}, options = {}) {
      const viewport = { width: look.width ?? 1_280, height: HEIGHT };
      const context = await browser.newContext({
        viewport,
        colorScheme: look.scheme ?? 'light',
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(WAIT_MS);
      context.on('page', (page) => listen(page, complaints));
      return context.newPage();
    },
    close: () => browser.close(),
  };
}

function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.resourceType() !== 'document')
      complaints.push(`${page.url()} loads a ${request.resourceType()}`);
  });
}
