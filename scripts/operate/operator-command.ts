/** What operators' commands share: which database they work on, how they answer, and how they fail. */
import { userInfo } from 'node:os';
import { loadDatabaseUrl, withFiles } from '../../src/platform/config.ts';
import { AppError, isAppError } from '../../src/platform/errors.ts';
import { type Database, errorCode, openDatabase } from '../../src/store/postgres/database.ts';
import type { OperatorWord } from '../../src/store/work/operator-actions.ts';
import { readRunningSandbox } from './running-sandbox.ts';

/** Prints the object with `--json`, otherwise the text, as the last line of stdout. */
export type Print = (json: object, text: string) => void;

export function printer(json: boolean): Print {
  return (object, text) => {
    process.stdout.write(`${json ? JSON.stringify(object) : text}\n`);
  };
}

/** Works on the deployment's database, or without `DATABASE_URL` on that of the running sandbox. */
export async function withDatabase(name: string, work: (database: Database) => Promise<void>): Promise<void> {
  const sandbox = withFiles(process.env).DATABASE_URL ? null : readRunningSandbox();
  const database = openDatabase({
    url: sandbox?.database_url ?? loadDatabaseUrl(process.env),
    applicationName: `duecourse-${name}`,
    connectionsMax: 1,
  });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** A command with wrong arguments. */
export function misused(usage: string): AppError {
  return new AppError('usage', { message: usage });
}

const REASON_CHARS_MAX = 200;

/**
 * The reason that an operator gives for the record: one line, not empty.
 *
 * @throws AppError `usage`
 */
function reasonOf(text: string | undefined, usage: string): string {
  const reason = text?.trim() ?? '';
  if (reason === '') throw misused(usage);
  if (reason.length > REASON_CHARS_MAX || /\p{Cc}/u.test(reason))
    throw misused(`A reason is one line of at most ${REASON_CHARS_MAX} characters`);
  return reason;
}

/** The options of every verb that changes something. */
export const WORD_OPTIONS = { reason: { type: 'string' }, by: { type: 'string' } } as const;
export type WordValues = { readonly reason?: string | undefined; readonly by?: string | undefined };

/**
 * Why, and who says so, for the record that every verb leaves (docs/protocol.md, 13.4). Without `--by` it is the user of
 * the operating system. `otherwise` is the reason of a verb that needs none.
 *
 * @throws AppError `usage`
 */
export function wordOf({ reason, by }: WordValues, usage: string, otherwise?: string): OperatorWord {
  return { reason: reasonOf(reason ?? otherwise, usage), by: reasonOf(by ?? userName(), usage) };
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A command of operators: by itself, and as a part of the one command line. */
export type OperatorCommand = {
  /** What is printed for arguments that it does not know. */
  readonly usage: string;
  /** Does what the words after its name ask for. */
  run(args: string[]): Promise<void>;
};

/** If the command fails, prints one sentence and exits with 1. */
export function runCommand({ usage, run }: OperatorCommand, args: string[]): void {
  run(args).catch((error: unknown) => {
    process.stderr.write(`${isAppError(error) ? error.message : describe(error, usage)}\n`);
    process.exit(1);
  });
}

function describe(error: unknown, usage: string): string {
  const code = errorCode(error) ?? 'unknown';
  return code.startsWith('ERR_PARSE_ARGS') ? usage : `The command failed (${code})`;
}
