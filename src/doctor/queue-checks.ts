import { isAppError } from '../platform/errors.ts';
import { hasQueueTables } from '../store/postgres/server.ts';
import { type Check, codeOf, type Problem } from './check.ts';
import type { Patient } from './patient.ts';

const VERSION_MIN = 7;

/** Where the queue is on Redis. */
export const redisChecks: readonly Check<Patient>[] = [
  check('reachable', reachable),
  check('policy', policy, 'queue.reachable'),
  check('version', version, 'queue.reachable'),
  check('persistence', persistence, 'queue.reachable'),
];

/** Where it is on Postgres, in the schema `bullmq`. */
export const postgresQueueChecks: readonly Check<Patient>[] = [
  { name: 'queue.tables', setting: 'DATABASE_URL', after: ['database.migrations'], look: tables },
];

function check(name: string, look: Check<Patient>['look'], ...after: string[]): Check<Patient> {
  return { name: `queue.${name}`, setting: 'REDIS_URL', after, look };
}

function problem(wrong: string, way_out: string): Problem[] {
  return [{ setting: 'REDIS_URL', wrong, way_out }];
}

async function reachable({ redis }: Patient): Promise<Problem[]> {
  try {
    await redis();
    return [];
  } catch (error) {
    return isAppError(error, 'redis_refuses_login')
      ? problem(
          'Redis refuses user or password, or what this user may do',
          'Correct REDIS_URL or REDIS_PASSWORD; docs/deploy.md names what an ACL user needs.',
        )
      : problem(
          `Redis does not answer (${codeOf(error)})`,
          'Start it, or correct host, port and TLS of REDIS_URL; empty, the queue is on Postgres.',
        );
  }
}

async function policy({ redis }: Patient): Promise<Problem[]> {
  if (!(await redis()).some(({ evicts }) => evicts)) return [];
  return problem(
    'evicts keys when its memory is full, and jobs with them',
    'Set maxmemory-policy to noeviction, on every server.',
  );
}

async function version({ redis }: Patient): Promise<Problem[]> {
  const oldest = Math.min(...(await redis()).map(({ major }) => major));
  if (oldest >= VERSION_MIN) return [];
  return problem(`Redis ${oldest} is too old`, `Use Redis ${VERSION_MIN} or newer, or Valkey.`);
}

/** Whether it is on is of no matter (docs/deploy.md): but a Redis that cannot save refuses writes. */
async function persistence({ redis }: Patient): Promise<Problem[]> {
  const servers = await redis();
  return [
    ...(servers.some(({ is_saving_broken }) => is_saving_broken)
      ? problem(
          'could not save to its disk, and refuses writes',
          'Make room on its disk, or turn saving off.',
        )
      : []),
    ...(servers.some(({ role }) => role === 'master')
      ? []
      : problem('is a replica, and takes no writes', 'Name the primary, or its Sentinels.')),
  ];
}

async function tables({ sql }: Patient): Promise<Problem[]> {
  if (await hasQueueTables(sql)) return [];
  return [
    {
      setting: 'DATABASE_URL',
      wrong: 'the tables of the queue are missing',
      way_out: 'Run npm run migrate without REDIS_URL, or give a REDIS_URL.',
    },
  ];
}
