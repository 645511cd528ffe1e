import type { Sql } from '../../../src/store/postgres/database.ts';

/** Takes rows away with all that hangs on them, as a restore does: charges, setups and customers by their ids. */
export async function loseRows(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`delete from charge_attempts where charge_id = any(${ids as string[]})`;
    await tx`delete from recoveries where charge_id = any(${ids as string[]})`;
    await tx`delete from events where object_id = any(${ids as string[]})`;
    await tx`delete from transitions where entity_id = any(${ids as string[]})`;
    await tx`delete from idempotency_keys where entity_id = any(${ids as string[]})`;
    await tx`delete from setups where id = any(${ids as string[]})`;
    await tx`delete from charges where id = any(${ids as string[]})`;
    await tx`delete from consents where customer_id = any(${ids as string[]})`;
    await tx`delete from customers where id = any(${ids as string[]})`;
  });
}
