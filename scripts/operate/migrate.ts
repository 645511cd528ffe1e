/**
 * `npm run migrate`: migrates the database of DATABASE_URL, and the queue if it runs on the same database, to the
 * newest schema, then exits. Run it before the new version starts.
 */
import { loadDatabaseUrl } from '../../src/platform/config.ts';
import { isAppError } from '../../src/platform/errors.ts';
import { createLog } from '../../src/platform/log.ts';
import { migrateQueue } from '../../src/queue/postgres.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';

const log = createLog({ level: 'info', role: 'migrate' });
try {
  const databaseUrl = loadDatabaseUrl(process.env);
  await migrate(databaseUrl);
  if (!process.env.REDIS_URL) await migrateQueue(databaseUrl);
  log.info({ event: 'schema.migrated' });
} catch (err) {
  if (isAppError(err, 'config_invalid')) process.stderr.write(`${err.message}\n`);
  else log.fatal({ event: 'schema.migration_failed', err });
  process.exitCode = 1;
}
