/**
 * `npm run migrate`: migrates the database of DATABASE_URL, and the queue if it runs on the same database, to the
 * newest schema, and grants to the role that API and workers have if `DATABASE_APP_ROLE` names one; then exits. Run it as the
 * owner, before the new version starts.
 */
import { loadMigration } from '../../src/platform/config.ts';
import { isAppError } from '../../src/platform/errors.ts';
import { createLog } from '../../src/platform/log.ts';
import { migrateQueue } from '../../src/queue/postgres.ts';
import { grantToApp } from '../../src/store/postgres/app-role.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';

const log = createLog({ level: 'info', role: 'migrate' });
try {
  const { databaseUrl, appRole, queueHere } = loadMigration(process.env);
  await migrate(databaseUrl);
  if (appRole !== null) await grantToApp(databaseUrl, appRole, queueHere);
  else if (queueHere) await migrateQueue(databaseUrl);
  log.info({ event: 'schema.migrated' });
} catch (err) {
  if (isAppError(err, 'config_invalid') || isAppError(err, 'app_role_missing'))
    process.stderr.write(`${err.message}\n`);
  else log.fatal({ event: 'schema.migration_failed', err });
  process.exitCode = 1;
}
