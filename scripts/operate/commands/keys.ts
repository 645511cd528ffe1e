/**
 * `npm run keys -- create --scopes read,write,admin [--name x] [--live]`, `list`, `revoke <id or name>`; `--json`
 * for programs. A key is shown once, on creation; we keep only its hash. Without `DATABASE_URL` it works on the
 * keys of the running sandbox.
 */
import { parseArgs } from 'node:util';
import { createApiKey } from '../../../src/api/api-key.ts';
import { withFiles } from '../../../src/platform/config.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { listApiKeys, revokeApiKey, SCOPES, type Scope } from '../../../src/store/door/api-keys.ts';
import type { Tables } from '../../../src/store/postgres/tables.ts';
import type { OperatorWord } from '../../../src/store/work/operator-actions.ts';
import {
  misused,
  type OperatorCommand,
  type Print,
  printer,
  WORD_OPTIONS,
  withDatabase,
  wordOf,
} from '../operator-command.ts';

const USAGE = `usage:
  keys create --scopes read,write,admin [--name <name>] [--live] [--reason "<why>"] [--by <who>]
  keys list
  keys revoke <key id, or its name> [--reason "<why>"] [--by <who>]
with --json the last line of the output is one JSON object`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      scopes: { type: 'string' },
      name: { type: 'string' },
      ...WORD_OPTIONS,
      live: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [verb, id] = positionals;
  const print = printer(values.json);
  const word = wordOf(values, USAGE, 'no reason was given');
  if (verb === 'create')
    return withDatabase('keys', ({ tables }) => create(tables, { ...values, word }, print));
  if (verb === 'list') return withDatabase('keys', ({ tables }) => list(tables, print));
  if (verb !== 'revoke' || id === undefined) throw misused(USAGE);
  return withDatabase('keys', ({ tables }) => revoke(tables, id, word, print));
}

type CreateOptions = {
  readonly scopes?: string | undefined;
  readonly name?: string | undefined;
  readonly live: boolean;
  readonly word: OperatorWord;
};

async function create(tables: Tables, options: CreateOptions, print: Print): Promise<void> {
  const scopes = scopesOf(options.scopes);
  // A deployment that moves real money accepts only live keys.
  const livemode = options.live || /^[sr]k_live_/.test(withFiles(process.env).STRIPE_SECRET_KEY ?? '');
  const { name = null, word } = options;
  const key = await createApiKey(tables, { name, scopes, livemode, word });
  print({ id: key.id, key: key.token, scopes }, key.token);
}

async function list(tables: Tables, print: Print): Promise<void> {
  const keys = (await listApiKeys(tables)).map(({ id, name, scopes, created_at, revoked_at }) => ({
    id,
    name,
    scopes,
    created_at: created_at.toISOString(),
    revoked_at: revoked_at?.toISOString() ?? null,
  }));
  const lines = keys.map((key) =>
    [key.id, key.scopes.join(','), key.revoked_at === null ? 'live' : 'revoked', key.name ?? ''].join('  '),
  );
  print({ data: keys }, lines.length === 0 ? 'no keys' : lines.join('\n'));
}

async function revoke(tables: Tables, given: string, word: OperatorWord, print: Print): Promise<void> {
  const live = (await listApiKeys(tables)).filter((key) => key.revoked_at === null && key.name === given);
  if (live.length > 1)
    throw new AppError('usage', { message: 'Several keys have this name: give an id instead' });
  const id = live[0]?.id ?? given;
  if (!(await revokeApiKey(tables, id, word)))
    throw new AppError('unknown', { message: 'There is no key with this id or name' });
  print({ id, revoked: true }, 'revoked');
}

function scopesOf(text: string | undefined): Scope[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  if (scopes.length === 0 || scopes.length !== new Set(names).size) throw misused(USAGE);
  return scopes;
}

export const keysCommand: OperatorCommand = { usage: USAGE, run: main };
