/** `npm run migrate`: brings the database of DATABASE_URL to the newest schema, then exits. */
import { loadDatabaseUrl } from '../src/platform/config.ts';
import { isAppError } from '../src/platform/errors.ts';
import { createLog } from '../src/platform/log.ts';
import { migrate } from '../src/store/migrate.ts';

const log = createLog({ level: 'info', role: 'migrate' });
try {
  await migrate(loadDatabaseUrl(process.env));
  log.info({ event: 'schema.migrated' });
} catch (err) {
  if (isAppError(err, 'config_invalid')) process.stderr.write(`${err.message}\n`);
  else log.fatal({ event: 'schema.migration_failed', err });
  process.exitCode = 1;
}
