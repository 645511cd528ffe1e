/** A customer with several bills, for tests about what their mails say. */
import type { RecoveryWorld } from './recovery-world.ts';

export const ASKS = 'pm_card_authenticationRequired';

export type Customer = Awaited<ReturnType<RecoveryWorld['customer']>>;

/** One more bill of a customer, not yet tried; due after `due_in_ms` of business time. */
export async function bill(
  world: RecoveryWorld,
  customer: Customer,
  description: string,
  {
    due_in_ms = 0,
    terms = {},
  }: { readonly due_in_ms?: number; readonly terms?: Record<string, unknown> } = {},
): Promise<string> {
  const charge = await world.charge(customer, 1_250);
  await world.sql`
    update charges set description = ${description}, due_at = dc_now() + ${due_in_ms} * interval '1 millisecond',
           terms = ${world.sql.json({ retry_days: [], deadline_days: 7, on_expiry: 'close', mails: true, early_mail: false, ...terms })}
    where id = ${charge}`;
  return charge;
}

/** The steps of a customer's bills, by their description: `opened sent`, `opened merged into Water`. */
export async function steps(world: RecoveryWorld, { customer_id }: Customer): Promise<string[]> {
  const rows = await world.sql<{ step: string }[]>`
    select c.description || ': ' || m.step || ' ' || m.state || coalesce(' into ' || (
             select sc.description from messages s join recoveries sr on sr.id = s.recovery_id
             join charges sc on sc.id = sr.charge_id where s.id = m.served_by), '') as step
    from messages m join recoveries r on r.id = m.recovery_id join charges c on c.id = r.charge_id
    where c.customer_id = ${customer_id} order by m.created_at, c.description`;
  return rows.map((row) => row.step);
}

/** The bills that each mail names, oldest mail first. */
export function named(world: RecoveryWorld, { customer_id }: Customer, bills: readonly string[]): string[][] {
  return world
    .mailsTo(customer_id)
    .reverse()
    .map((mail) => bills.filter((name) => mail.text.includes(name)));
}
