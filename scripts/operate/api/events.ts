import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { answerOf, type Client, type WebhookEvent } from '../../../clients/typescript/src/client.ts';
import type { Print } from '../operator-command.ts';
import { acts } from './call.ts';
import { sent } from './customers.ts';
import { replayCommand } from './endpoints.ts';

const PAUSE_S = 2;
const PAGE = 100;

type Filter = { after?: string; type?: string; object?: string };
type Tail = Filter & { once?: true; every: number; json?: true };

/** `duecourse events …` */
export function eventsCommand(): Command {
  const events = new Command('events').description('what happened');

  const list = filtered(events.command('list').description('list events, oldest first')).option(
    '--limit <n>',
    'how many at most, up to 100',
    Number,
  );
  acts(list, async ({ client, print }, { limit, ...filter }: Filter & { limit?: number }) => {
    const query = sent({ limit, ...filterOf(filter) });
    const page = answerOf(await client.GET('/v1/events', { params: { query } }));
    const lines = page.data.map(lineOf);
    const more = page.next_cursor === null ? 'none' : `more: --after ${page.next_cursor}`;
    print(page, [...lines, more].join('\n'));
  });

  const tail = filtered(events.command('tail').description('print events as they come, until Ctrl-C'))
    .option('--once', 'end with the newest that is there')
    .option('--every <seconds>', 'how often to ask', Number, PAUSE_S);
  acts(tail, async ({ client, print }, given: Tail) => {
    const ending = new AbortController();
    process.once('SIGINT', () => ending.abort());
    process.once('SIGTERM', () => ending.abort());
    const last = await follow(client, given, print, ending.signal);
    if (last !== null) process.stderr.write(`go on with --after ${last}\n`);
  });

  return events.addCommand(replayCommand());
}

/**
 * Prints each event once, in the feed's order, and answers the cursor after the last of them. With `once` it ends where the
 * feed ends; otherwise it asks again after a pause, until the signal says that it is enough.
 */
async function follow(
  client: Client,
  given: Tail,
  print: Print,
  signal: AbortSignal,
): Promise<string | null> {
  let after = given.after ?? null;
  const pause_ms = 1_000 * Math.max(given.every, 1);
  while (!signal.aborted) {
    const query = sent({ ...filterOf(given), after: after ?? undefined, limit: PAGE });
    const asked = client.GET('/v1/events', { params: { query }, signal });
    const page = await asked.then(answerOf).catch(unlessAborted(signal));
    if (page === null) break;
    for (const event of page.data) print(event, lineOf(event));
    after = page.next_cursor ?? after;
    if (page.has_more) continue;
    if (given.once) break;
    await sleep(pause_ms, undefined, { signal }).catch(unlessAborted(signal));
  }
  return after;
}

const unlessAborted = (signal: AbortSignal) => (error: unknown) => {
  if (signal.aborted) return null;
  throw error;
};

function filtered(command: Command): Command {
  return command
    .option('--after <cursor>', 'only what comes after it; by default from the oldest that is kept')
    .option('--type <type>', 'only this type, or those that begin so: charge.*')
    .option('--object <id>', 'only what was told of the object with this id');
}

function filterOf({ after, type, object }: Filter) {
  return { after, type, object };
}

function lineOf({ id, type, created_at, data }: WebhookEvent): string {
  return [created_at, id, type, data.object.id].join('  ');
}
