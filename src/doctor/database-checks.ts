import { readInstance } from '../store/postgres/instance.ts';
import { schemaLag } from '../store/postgres/migrate.ts';
import { CLOCK_DIFFERENCE_MAX_MS, clockDifferenceMs } from '../store/postgres/readiness.ts';
import { readServer, readUngranted } from '../store/postgres/server.ts';
import { type Check, codeOf, type Problem } from './check.ts';
import type { Patient } from './patient.ts';

const SETTING = 'DATABASE_URL';
const REACHABLE = 'database.reachable';
const VERSION_MIN = 15;

export const databaseChecks: readonly Check<Patient>[] = [
  check('reachable', [], reachable),
  check('version', [REACHABLE], version),
  check('writable', [REACHABLE], writable),
  check('clock', [REACHABLE], clock),
  check('role', [REACHABLE], role),
  check('migrations', [REACHABLE, 'database.role'], migrations),
  check('identity', ['database.migrations'], identity),
];

function check(name: string, after: readonly string[], look: Check<Patient>['look']): Check<Patient> {
  return { name: `database.${name}`, setting: SETTING, after, look };
}

function problem(wrong: string, way_out: string, setting = SETTING): Problem[] {
  return [{ setting, wrong, way_out }];
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html); anything else is the network's. */
const REFUSALS: Readonly<Record<string, readonly [wrong: string, way_out: string]>> = {
  '28P01': ['Postgres refuses the password', 'Correct DATABASE_URL or DATABASE_PASSWORD.'],
  '28000': [
    'Postgres lets this role in neither with a password nor without',
    'Create the role with LOGIN, and let pg_hba.conf admit it.',
  ],
  '3D000': ['this Postgres has no such database', 'Create it, or correct the name in DATABASE_URL.'],
  '42501': ['the role may not connect to this database', 'Grant it CONNECT on the database.'],
  '53300': ['Postgres has no connection left', 'Raise max_connections, or stop what holds them.'],
  '57P03': ['Postgres is starting or stopping', 'Wait until it accepts connections.'],
};

async function reachable({ sql }: Patient): Promise<Problem[]> {
  const code = await sql`select 1`.then(() => null, codeOf);
  if (code === null) return [];
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return problem(`${refusal[0]} (${code})`, refusal[1]);
  const way_out =
    'Start Postgres, or correct host, port and sslmode of DATABASE_URL; look for a firewall between.';
  return problem(`Postgres does not answer (${code})`, way_out);
}

async function version({ sql }: Patient): Promise<Problem[]> {
  const { major } = await readServer(sql);
  if (major >= VERSION_MIN) return [];
  return problem(`Postgres ${major} is too old`, `Use Postgres ${VERSION_MIN} or newer.`);
}

async function writable({ sql }: Patient): Promise<Problem[]> {
  const { takes_writes } = await readServer(sql);
  if (takes_writes) return [];
  return problem(
    'takes no writes: a standby, or set read-only',
    'Give DATABASE_URL an address that follows the primary; look at default_transaction_read_only.',
  );
}

async function clock({ sql }: Patient): Promise<Problem[]> {
  const difference_ms = await clockDifferenceMs(sql);
  if (difference_ms < CLOCK_DIFFERENCE_MAX_MS) return [];
  const seconds = Math.round(difference_ms / 1_000);
  return problem(
    `its clock and this machine's differ by ${seconds} s`,
    'Keep both machines in time with NTP.',
  );
}

async function role({ sql }: Patient): Promise<Problem[]> {
  const ungranted = await readUngranted(sql);
  if (ungranted.length === 0) return [];
  const shown = ungranted.slice(0, 3).join(', ');
  return problem(
    `the role may not use ${ungranted.length} of our tables and functions (${shown}${ungranted.length > 3 ? ', …' : ''})`,
    'Set DATABASE_APP_ROLE to its name and run npm run migrate as the owner.',
  );
}

async function migrations({ config }: Patient): Promise<Problem[]> {
  const { known, applied } = await schemaLag(config.databaseUrl);
  if (applied >= known) return [];
  return problem(`${known - applied} of ${known} migrations are not applied`, 'Run npm run migrate.');
}

async function identity({ sql, config }: Patient): Promise<Problem[]> {
  const { livemode, clock_offset_ms } = await readInstance(sql);
  const mode = (live: boolean) => (live ? 'live' : 'test');
  const isOther = livemode !== null && livemode !== config.livemode;
  return [
    ...(isOther
      ? problem(
          `is a ${mode(!config.livemode)} deployment's, and STRIPE_SECRET_KEY is a ${mode(config.livemode)} key`,
          'Use a database of its own for each mode.',
        )
      : []),
    ...(clock_offset_ms !== 0 && !config.testMode
      ? problem(
          'its clock was moved by a test',
          'Use another database; only TEST_MODE=1 may serve from this one.',
        )
      : []),
  ];
}
