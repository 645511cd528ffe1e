import type { Timings } from '../../platform/timings.ts';
import type { Sql } from '../postgres/database.ts';
import type { Offer } from '../work/obligations.ts';

export type EndpointShare = Pick<Timings, 'notifyEndpointMax' | 'notifySlowEndpointMax'>;

/** An offered delivery; `shelf` is its endpoint: no job carries those of two. */
export type DeliveryOffer = Offer & { readonly shelf: string };

/**
 * Marks due deliveries as offered, as `offerDueRows` does for every other kind, but of each endpoint only so many that no more
 * than its share is offered or under way: fewer of one that is slow or fails. So what waits for it fills neither the queue
 * nor the workers, however much that is.
 */
export async function offerDueDeliveries(
  sql: Sql,
  options: { readonly limit: number; readonly stale_ms: number },
  share: EndpointShare,
): Promise<DeliveryOffer[]> {
  const stale = sql`clock_timestamp() - ${options.stale_ms}::float8 * interval '1 millisecond'`;
  return await sql<DeliveryOffer[]>`
    update webhook_deliveries t set offer_number = t.offer_number + 1, offered_at = clock_timestamp()
    where t.id in (
      select next.id
      from webhook_endpoints w
      cross join lateral (
        select count(*) as taken from webhook_deliveries o
        where o.endpoint_id = w.id and (o.offered_at is not null or o.claim_token is not null)
          and (o.offered_at >= ${stale} or o.lease_until > clock_timestamp())) busy
      cross join lateral (
        select d.id, d.due_at from webhook_deliveries d
        where d.endpoint_id = w.id and d.due_at <= dc_now()
          and (d.lease_until is null or d.lease_until <= clock_timestamp())
          and (d.offered_at is null or d.offered_at < ${stale})
        order by d.due_at
        limit greatest(0, case when w.is_slow or w.failing_since is not null
                               then ${share.notifySlowEndpointMax}::int else ${share.notifyEndpointMax}::int end - busy.taken)
        for update skip locked) next
      where w.state <> 'deleted'
      order by next.due_at
      limit ${options.limit}
    )
    returning t.id, t.offer_number, t.endpoint_id as shelf`;
}
