/** What the commands that talk to the API share: where it is, how they answer, and how they fail. */
import type { Command } from 'commander';
import { answerOf, type Client, createClient, Refused } from '../../../clients/typescript/src/client.ts';
import { withFiles } from '../../../src/platform/config.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { type Print, printer } from '../operator-command.ts';
import { readRunningSandbox } from '../running-sandbox.ts';

type Place = { readonly baseUrl: string; readonly apiKey: string };

/** @throws AppError `nowhere` without an environment and without a sandbox */
function findApi(env: NodeJS.ProcessEnv): Place {
  const { DUECOURSE_API_URL, DUECOURSE_API_KEY } = withFiles(env);
  if (DUECOURSE_API_URL && DUECOURSE_API_KEY)
    return { baseUrl: DUECOURSE_API_URL, apiKey: DUECOURSE_API_KEY };
  const ready = readRunningSandbox();
  if (ready === null)
    throw new AppError('nowhere', {
      message: 'Set DUECOURSE_API_URL and DUECOURSE_API_KEY, or start a sandbox (npm run dev).',
    });
  return { baseUrl: ready.api_url, apiKey: ready.api_key };
}

/** What an action is given: the client, and the way to answer. */
export type Desk = {
  readonly client: Client;
  readonly print: Print;
  /** A call whose body or answer is a stream, which the client would hold whole. */
  readonly stream: (path: string, init?: RequestInit) => Promise<Response>;
};

function deskAt(place: Place, print: Print): Desk {
  const { baseUrl, apiKey } = place;
  const stream: Desk['stream'] = (path, init = {}) =>
    fetch(new URL(path, baseUrl), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${apiKey}` },
    });
  return { client: createClient(place), print, stream };
}

type Options = { readonly json?: true };

/** Adds `--json` and what the command does; what it throws becomes one sentence and exit code 1. */
export function acts<Given extends unknown[]>(
  command: Command,
  act: (desk: Desk, ...given: Given) => Promise<void>,
): Command {
  return command
    .option('--json', 'answer with one JSON object, as the last line')
    .action(async (...given) => {
      const { json = false } = command.opts<Options>();
      try {
        await act(deskAt(findApi(process.env), printer(json)), ...(given as unknown as Given));
      } catch (error) {
        process.stderr.write(`${sentenceOf(error)}\n`);
        process.exitCode = 1;
      }
    });
}

/** Nothing that was sent: what the API says of it, or that it says nothing. */
function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return [error.message, error.problem?.detail].filter(Boolean).join(': ');
  if (error instanceof AppError) return error.message;
  return 'The API did not answer';
}

type Answered<Data> = { readonly data?: Data; readonly error?: unknown; readonly response: Response };

/** Prints the object, and of it one line. */
export function show<Data extends object>(
  print: Print,
  answered: Answered<Data>,
  line: (shown: NonNullable<Data>) => string,
): void {
  const shown = answerOf(answered);
  print(shown, line(shown));
}

type Page<Item> = { readonly data: readonly Item[]; readonly next_cursor: string | null };

/** Prints a page, and of each item one line; and how the next one is asked for. */
export function showPage<Item>(
  print: Print,
  answered: Answered<Page<Item>>,
  line: (item: Item) => string,
): void {
  const page = answerOf(answered);
  const more = page.next_cursor === null ? [] : [`more: --cursor ${page.next_cursor}`];
  const lines = [...page.data.map(line), ...more];
  print(page, lines.length === 0 ? 'none' : lines.join('\n'));
}

/** The options of every list. */
export function withPage(command: Command): Command {
  return command
    .option('--limit <n>', 'how many at most, up to 100', Number)
    .option('--cursor <id>', 'where the page begins, as the last one says');
}

/** `a=b` among labels. */
export function label(text: string, labels: Record<string, string> = {}): Record<string, string> {
  const [name = '', ...value] = text.split('=');
  return { ...labels, [name]: value.join('=') };
}

/** The header of a POST, if a key was given. */
export function keyed(key: string | undefined): { header?: { 'Idempotency-Key': string } } {
  return key === undefined ? {} : { header: { 'Idempotency-Key': key } };
}
