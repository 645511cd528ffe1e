import { MINUTE_MS } from '../../domain/durations.ts';
import {
  cancelDeliveries,
  replayDeliveries,
  restDeliveries,
  wakeDeliveries,
} from '../../store/notify/kept-deliveries.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { type Outcome, rest, wait } from '../work/outcome.ts';

type Endpoint = Rows['webhook_endpoint'];

/** Longer than any statement runs: whoever numbered events without knowing the new state has committed by then. */
const LOOK_AGAIN_MS = MINUTE_MS;
/** An operator reads the mail in the morning; a mail server that is away is asked again until then. */
const MAIL_AGAIN_MS = 15 * MINUTE_MS;

/**
 * Does to what is owed what the endpoint's state wants: rests it, wakes it or cancels it, and replays what was asked for, some
 * rows at a time. Then its operator hears that we disabled it.
 */
export async function advanceEndpoint(
  deps: Dependencies,
  row: Endpoint,
  lease: Lease,
): Promise<Outcome<'webhook_endpoint'>> {
  const rows = deps.timings.notifyRowsMax;
  const isDeleting = row.state === 'deleting';
  const step = isDeleting ? cancelDeliveries : row.state === 'enabled' ? wakeDeliveries : restDeliveries;
  if ((await step(deps.sql, { endpoint_id: row.id, rows })) === rows) return wait(row, 0, 'deliveries');
  if (isDeleting && !row.look_again) return wait(row, LOOK_AGAIN_MS, 'look_again', { look_again: true });
  if (isDeleting) return rest(row, 'deleted', { state: 'deleted', look_again: false });
  if (row.replay_from !== null) return replay(deps, row, rows);
  if (row.operator_owed) return tellOperator(deps, row, lease);
  return row.look_again
    ? wait(row, LOOK_AGAIN_MS, 'look_again', { look_again: false })
    : rest(row, 'up_to_date');
}

async function replay(
  { sql }: Dependencies,
  row: Endpoint,
  rows: number,
): Promise<Outcome<'webhook_endpoint'>> {
  const { after, is_over } = await replayDeliveries(sql, row, rows);
  if (!is_over) return wait(row, 0, 'replay', { replay_after: after });
  return wait(row, 0, 'replayed', {
    replay_from: null,
    replay_after: null,
    replay_until: null,
    replay_newest_only: false,
  });
}

async function tellOperator(
  { recovery, log }: Dependencies,
  row: Endpoint,
  lease: Lease,
): Promise<Outcome<'webhook_endpoint'>> {
  const mail = {
    endpoint_id: row.id,
    version: row.version,
    host: hostOf(row.url),
    reason: row.disabled_reason,
  };
  const answer = await recovery.tellOperator(mail, lease.signal);
  const fields = { operation: row.id, outcome: answer.kind, code: answer.code };
  if (answer.kind === 'unavailable') {
    log.warn({ event: 'operator_mail.postponed', ...fields });
    return wait(row, MAIL_AGAIN_MS, answer.code);
  }
  log.info({ event: 'operator_mail.sent', ...fields });
  return wait(row, 0, answer.code, { operator_owed: false });
}

/** Without the path, which may be the secret of an address. */
function hostOf(url: string): string {
  return new URL(url).host;
}
