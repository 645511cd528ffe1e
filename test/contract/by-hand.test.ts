/**
 * README's first charge and its section "By hand", as their reader does them: each block is pasted as it stands into one bash, and prints what
 * the comments below its commands say.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { copyProject } from './outside/outside-commands.ts';
import { openBrowser, stateOf } from './outside/outside-customer.ts';
import { ask, eventually, read } from './outside/outside-world.ts';

type Block = { readonly told: string; readonly text: string; readonly prints: readonly string[] };

const [first, ...blocks] = ['## Thirty seconds to a first charge', '## By hand'].flatMap(blocksBelow);
const START_S = 60;
const BLOCK_S = 30;

let folder = '';
const running: ChildProcess[] = [];

beforeAll(() => {
  folder = copyProject();
});

afterAll(async () => {
  await Promise.all(running.map(interrupt));
  rmSync(folder, { recursive: true, force: true });
});

/** The fenced blocks of a section, each with the words before it and the lines it says it prints. */
function blocksBelow(heading: string): Block[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.split(/^(?=## )/m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/([\s\S]*?)^```bash\n([\s\S]*?)^```$/gm)].map(([, told = '', text = '']) => ({
    told,
    text,
    prints: text.split('\n').flatMap((line) => (line.startsWith('# ') ? [line.slice(2)] : [])),
  }));
}

type Terminal = { readonly child: ChildProcess; printed(): string; complained(): string };

/** A shell as in a terminal of its own, where Ctrl-C reaches all that it started. */
function open(words: readonly string[]): Terminal {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PS1: '' };
  const child = spawn('bash', ['--norc', '--noprofile', ...words], { cwd: folder, env, detached: true });
  running.push(child);
  let printed = '';
  let complained = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  return { child, printed: () => printed, complained: () => complained };
}

async function interrupt(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.stdin?.end();
  process.kill(-child.pid, 'SIGINT');
  await exited;
}

/** A bash that stops at the first command that fails; pasting answers what the block printed. */
function openShell(): (text: string) => Promise<string[]> {
  const { child, printed, complained } = open(['--noediting', '-i']);
  child.stdin?.write('set -e -o pipefail\n');
  let pasted = 0;
  return async (text) => {
    pasted += 1;
    const mark = `-- end of paste ${pasted} --`;
    const before = printed().length;
    child.stdin?.write(`${text}echo '${mark}'\n`);
    const seen = await eventually(
      () => Promise.resolve(printed().slice(before)),
      (all) => all.includes(mark) || child.exitCode !== null,
      BLOCK_S,
    );
    if (!seen.includes(mark)) throw new Error(`failed:\n${text}${seen}${complained()}`);
    return seen.slice(0, seen.indexOf(mark)).split('\n').slice(0, -1);
  };
}

function matching(line: string): unknown {
  const escaped = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return expect.stringMatching(new RegExp(`^${escaped.join('.+')}$`));
}

test('a card is saved and charged with curl, and the link that brings a customer back opens', async () => {
  const dev = open(['-c', first?.text ?? '']);
  await eventually(
    () => Promise.resolve(dev.printed()),
    (text) => text.includes('Ctrl-C stops everything'),
    START_S,
  );
  const paste = openShell();
  let link = '';
  for (const block of blocks) {
    if (block.told.includes('Open the link in a browser')) await confirmAt(link);
    for (let times = block.told.includes('twice') ? 2 : 1; times > 0; times -= 1) {
      const printed = await paste(block.text);
      expect([block.text, ...printed]).toEqual([block.text, ...block.prints.map(matching)]);
      link = printed.find((line) => line.includes('/r/')) ?? link;
    }
  }
  expect(blocks.flatMap(({ prints }) => prints).filter((line) => line === 'succeeded')).toHaveLength(2);
  expect(await payments()).toEqual([
    { amount: 2_500, successes: 1 },
    { amount: 4_200, successes: 1 },
    { amount: 4_300, successes: 1 },
  ]);
});

/** Bo, with the link of his mail. */
async function confirmAt(link: string): Promise<void> {
  const browser = openBrowser();
  const page = await browser.open(link);
  expect([page.status, stateOf(page)]).toEqual([200, 'to_confirm']);
  const back = await browser.press(await browser.press(page, 'confirm'), '3ds-complete');
  expect(stateOf(back)).toBe('paid');
}

async function payments() {
  const shape = z.object({ stripe_url: z.url(), stripe_secret_key: z.string() });
  const ready = shape.parse(JSON.parse(readFileSync(join(folder, '.sandbox', 'ready.json'), 'utf8')));
  const headers = { authorization: `Bearer ${ready.stripe_secret_key}` };
  const answer = await ask(new URL('/_sim/ledger', ready.stripe_url), { headers });
  const payment = z.object({ amount: z.int(), successes: z.int() });
  const { payment_intents } = read(z.object({ payment_intents: z.array(payment) }), answer);
  return payment_intents.sort((a, b) => a.amount - b.amount);
}
