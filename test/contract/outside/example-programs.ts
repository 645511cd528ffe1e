/** What the tests of the examples do: a program in a process of its own, and what its customers do with its links. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { has, openBrowser, type Page } from './outside-customer.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Starts `examples/<first word>.ts` with the rest as its arguments. */
export function startProgram(
  words: readonly string[],
  stdin: string,
  settings: Readonly<Record<string, string>>,
): { child: ChildProcess; ended: Promise<Ran>; told: () => string } {
  const env = { ...settings, PATH: process.env.PATH };
  const [name = '', ...rest] = words;
  const args = ['--import', 'tsx', `examples/${name}.ts`, ...rest];
  const child = spawn(process.execPath, args, { cwd: ROOT, env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(stdin);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended, told: () => stdout };
}

/** A customer on the page of Stripe's that saves a card, and at the bank where that asks. */
export async function saveCard(url: string, number: string): Promise<void> {
  const { browser, page } = await save(url, { number });
  if (has(page, '3ds-complete')) await browser.press(page, '3ds-complete');
}

/** Likewise with an account, whose mandate they sign there. */
export async function saveAccount(url: string, iban: string): Promise<void> {
  await save(url, { iban, accept: 'on' });
}

async function save(url: string, typed: Record<string, string>) {
  const browser = openBrowser();
  let page: Page = await browser.open(url);
  if (has(page, 'accept')) page = await browser.press(page, 'accept');
  page = await browser.press(page, 'checkout-pay', typed);
  return { browser, page };
}

export const linksIn = (stdout: string) => [...stdout.matchAll(/https?:\/\/\S+/g)].map(([url]) => url);

/** What usage-billing.ts is to charge, counted another way than it does. */
export function cents(line: string): number {
  const [, , , tariff = '', previous = '', current = ''] = line.split(',');
  return Number(((BigInt(current) - BigInt(previous)) * BigInt(tariff) + 500n) / 1000n);
}
