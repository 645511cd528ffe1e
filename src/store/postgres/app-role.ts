/**
 * What the role of the API and the workers may do on a database that another role owns: read and write rows, and nothing to
 * the tables themselves. So no statement of theirs, ours or smuggled in, switches a trigger off, and the walls hold.
 */
import postgres from 'postgres';
import { AppError } from '../../platform/errors.ts';
import { errorCode } from './database.ts';

const NO_SUCH_ROLE = '42704';

/**
 * Grants it, as the owner and after each migration; safe to repeat.
 *
 * @param queueHere whether the queue is on this database: its schema belongs to the role, because BullMQ migrates it itself
 * @throws AppError `app_role_missing`
 */
export async function grantToApp(databaseUrl: string, role: string, queueHere: boolean): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  // A name is checked where it is configured, and quoted here: statements of this kind take no parameters.
  const to = `"${role.replaceAll('"', '""')}"`;
  const queue = `
    do $$ begin execute format('grant create on database %I to ${to}', current_database()); end $$;
    create schema if not exists bullmq authorization ${to};`;
  try {
    await sql.unsafe(`
      grant usage on schema public, drizzle to ${to};
      grant select on all tables in schema drizzle to ${to};
      grant select, insert, update, delete on all tables in schema public to ${to};
      grant usage, select on all sequences in schema public to ${to};
      grant execute on all functions in schema public to ${to};
      ${queueHere ? queue : ''}`);
  } catch (cause) {
    if (errorCode(cause) !== NO_SUCH_ROLE) throw cause;
    const message = 'DATABASE_APP_ROLE names no role of this Postgres: create it first';
    throw new AppError('app_role_missing', { message, cause });
  } finally {
    await sql.end({ timeout: 5 });
  }
}
