/**
 * Looks for lost rows in a page of Stripe's events, before any of them is applied. After a database was set back by more
 * than Stripe remembers keys, creates wait for the walk over the events (docs/protocol.md, 2.14). If it ended before it
 * were known that rows are missing, the first of them would be created, and paid, a second time.
 */
import { parseKey } from '../../domain/keys.ts';
import { type NamedRows, readMissingRow } from '../../store/janitor/missing-rows.ts';
import type { ProjectedEvent } from '../../stripe/events/event.ts';
import type { Dependencies } from '../dependencies.ts';
import { seeLoss } from '../work/see-loss.ts';

type LookingDependencies = Pick<Dependencies, 'sql' | 'log' | 'instance'>;

/** Notes the loss if an event names a row, or a confirm, that is not there. */
export async function seeMissingRows(
  deps: LookingDependencies,
  events: readonly ProjectedEvent[],
): Promise<void> {
  const named = events.flatMap((event) => namedBy(deps, event) ?? []);
  if (named.length === 0) return;
  const missing = await readMissingRow(deps.sql, named);
  if (missing !== null) await seeLoss(deps, missing.cause, new Date(missing.at_s * 1_000));
}

function namedBy({ instance }: LookingDependencies, event: ProjectedEvent): NamedRows | null {
  const { projection, request_key } = event;
  switch (projection?.object) {
    case 'payment_intent': {
      const { dc_instance, dc_charge: charge = null } = projection.snapshot.metadata;
      const is_ours = dc_instance === instance.id && charge !== null;
      const made_s = projection.snapshot.created_s ?? event.created_s;
      const confirm_key = parseKey(request_key)?.verb === 'confirm' ? request_key : null;
      return is_ours ? { charge, setup: null, confirm_key, made_s, at_s: event.created_s } : null;
    }
    case 'setup_intent':
    case 'checkout.session': {
      const { dc_instance, dc_setup: setup = null } = projection.snapshot.metadata;
      const is_ours = dc_instance === instance.id && setup !== null;
      const made_s = projection.snapshot.created_s ?? event.created_s;
      return is_ours ? { charge: null, setup, confirm_key: null, made_s, at_s: event.created_s } : null;
    }
    default:
      return null;
  }
}
