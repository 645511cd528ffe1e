/** Days before the schedule begins: charges are asked for, their customers told, and the periods of their notices pass. */
import type { Merchant } from '../merchant.ts';
import { untilDone } from '../people/deed.ts';
import type { World } from '../world.ts';

const MARGIN_S = 1;

/** Afterwards each of the plan's announced debits falls due at its time of the plan: not by its notice, but as if it came late. */
export async function announceDebits(world: World, merchant: Merchant): Promise<void> {
  const { sql, plan, buyers } = world;
  const orders = plan.announced ?? [];
  if (orders.length === 0) return;
  for (const { payer, payment_method_id } of buyers)
    if (payer.scheme !== undefined && payer.acts.length > 0) noteEnding(merchant, payment_method_id);
  const placed = await Promise.all(
    orders.map(async (order) => ({ at_ms: order.at_ms, id: (await merchant.place(order)).told[0] ?? '' })),
  );
  const ids = placed.map(({ id }) => id);
  const untold = await untilDone(async () => {
    const rows = await sql<{ in_s: number | null; told: number }[]>`
      select count(*)::int as told,
             extract(epoch from max(confirm_not_before) - dc_now())::float8 as in_s
      from notices where charge_id = any(${ids}) and state = 'sent'`;
    return rows[0]?.told === ids.length ? rows[0] : null;
  });
  const period_s = Math.ceil((untold?.in_s ?? 0) + MARGIN_S);
  await sql`
    update charges c set due_at = dc_now() + make_interval(secs => ${period_s} + w.at_ms::float8 / 1000)
    from unnest(${ids}::text[], ${placed.map(({ at_ms }) => `${at_ms}`)}::text[]) as w (id, at_ms)
    where c.id = w.id`;
  await world.advance(period_s);
}

/** Whoever is asked for another method has an account that ends: from then on a charge with it may be refused. */
function noteEnding(merchant: Merchant, subject: string): void {
  const never = { asked_ms: Date.now(), acked_ms: null, lifted_ms: null, in_flight: [] };
  merchant.note({ kind: 'detachment', subject, ...never });
}
