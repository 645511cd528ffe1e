/** What a Postgres says of itself and of our role, for those who set it up. */
import type { Sql } from './database.ts';

export type Server = { readonly major: number; readonly takes_writes: boolean };

export async function readServer(sql: Sql): Promise<Server> {
  const rows = await sql<Server[]>`
    select current_setting('server_version_num')::int / 10000 as major,
           not (pg_is_in_recovery() or current_setting('transaction_read_only')::boolean) as takes_writes`;
  return rows[0] ?? { major: 0, takes_writes: false };
}

/**
 * What `grantToApp` gives and this role has not: schemas, tables and functions, by name. Empty also on a database that was
 * never migrated.
 */
export async function readUngranted(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select nspname::text as name from pg_namespace
    where nspname in ('public', 'drizzle') and not has_schema_privilege(oid, 'usage')
    union all
    select relname::text from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
               and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
    union all
    select proname::text from pg_proc
    where pronamespace = 'public'::regnamespace and not has_function_privilege(oid, 'execute')`;
  return rows.map(({ name }) => name);
}

/** Whether BullMQ's tables are here. */
export async function hasQueueTables(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'bullmq' and c.relkind in ('r', 'p') limit 1`;
  return rows.length === 1;
}
