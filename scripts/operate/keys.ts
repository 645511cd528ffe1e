/**
 * `npm run keys -- create --scopes read,write,admin [--name x] [--live]`, `list`, `revoke <id or name>`; `--json`
 * for programs. A key is shown once, on creation; we keep only its hash. Without `DATABASE_URL` it works on the
 * keys of the running sandbox.
 */
import { parseArgs } from 'node:util';
import { createApiKey } from '../../src/api/api-key.ts';
import { loadDatabaseUrl } from '../../src/platform/config.ts';
import { AppError, isAppError } from '../../src/platform/errors.ts';
import { listApiKeys, revokeApiKey, SCOPES, type Scope } from '../../src/store/door/api-keys.ts';
import { errorCode, openDatabase } from '../../src/store/postgres/database.ts';
import type { Tables } from '../../src/store/postgres/tables.ts';
import { readRunningSandbox } from './running-sandbox.ts';

const USAGE = `usage:
  keys create --scopes read,write,admin [--name <name>] [--live]
  keys list
  keys revoke <key id, or its name>
with --json the last line of the output is one JSON object`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scopes: { type: 'string' },
      name: { type: 'string' },
      live: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const sandbox = process.env.DATABASE_URL ? null : readRunningSandbox();
  const database = openDatabase({
    url: sandbox?.database_url ?? loadDatabaseUrl(process.env),
    applicationName: 'duecourse-keys',
    connectionsMax: 1,
  });
  const print = (json: object, text: string): void => {
    process.stdout.write(`${values.json ? JSON.stringify(json) : text}\n`);
  };
  try {
    const [verb, id] = positionals;
    if (verb === 'create') await create(database.tables, values, print);
    else if (verb === 'list') await list(database.tables, print);
    else if (verb === 'revoke' && id !== undefined) await revoke(database.tables, id, print);
    else throw new AppError('usage', { message: USAGE });
  } finally {
    await database.close();
  }
}

type Print = (json: object, text: string) => void;
type CreateOptions = {
  readonly scopes?: string | undefined;
  readonly name?: string | undefined;
  readonly live: boolean;
};

async function create(tables: Tables, options: CreateOptions, print: Print): Promise<void> {
  const scopes = scopesOf(options.scopes);
  // A deployment that moves real money accepts only live keys.
  const livemode = options.live || /^[sr]k_live_/.test(process.env.STRIPE_SECRET_KEY ?? '');
  const key = await createApiKey(tables, { name: options.name ?? null, scopes, livemode });
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

async function revoke(tables: Tables, given: string, print: Print): Promise<void> {
  const live = (await listApiKeys(tables)).filter((key) => key.revoked_at === null && key.name === given);
  if (live.length > 1)
    throw new AppError('usage', { message: 'Several keys have this name: give an id instead' });
  const id = live[0]?.id ?? given;
  if (!(await revokeApiKey(tables, id)))
    throw new AppError('unknown', { message: 'There is no key with this id or name' });
  print({ id, revoked: true }, 'revoked');
}

function scopesOf(text: string | undefined): Scope[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  if (scopes.length === 0 || scopes.length !== new Set(names).size)
    throw new AppError('usage', { message: USAGE });
  return scopes;
}

main().catch((error: unknown) => {
  process.stderr.write(`${isAppError(error) ? error.message : describe(error)}\n`);
  process.exit(1);
});

function describe(error: unknown): string {
  const code = errorCode(error) ?? 'unknown';
  return code.startsWith('ERR_PARSE_ARGS') ? USAGE : `The command failed (${code})`;
}
