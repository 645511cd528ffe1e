/** Promises about debits, checked while their confirms leave and once all is at rest. */
import { EPOCH_MS } from '../stage.ts';
import type { AttemptRow } from '../statements/tables.ts';
import type { World } from '../world.ts';

const DAY_MS = 86_400_000;
/** Of SEPA, as the worlds' deployment agreed; and what its mandates are presented again (docs/protocol.md, 20.9). */
const PERIOD_MS = 2 * DAY_MS;
const REPEATED_MOST = 2;
const WITHIN_MS = 30 * DAY_MS;

const isAnnounced = ({ tables }: World, method_id: string): boolean =>
  tables.methods.get(method_id)?.type === 'sepa_debit';

/**
 * A confirm of a debit leaves that nobody pressed: its customer was mailed for it alone, two days before its attempt was opened;
 * and its mandate had not ended when its sender last looked.
 */
export function watchDebit(
  world: World,
  key: string,
  charge_id: string,
  attempt: AttemptRow,
  knew: number,
): void {
  const { tables, mailed, violate, count } = world;
  const { kind, number, payment_method_id: method } = attempt;
  if (kind !== 'off_session' || !isAnnounced(world, method)) return;
  count('announced_debit');
  const opened_ms = attempt.started_at.getTime() - EPOCH_MS;
  const passed = mailed.filter(
    (mail) =>
      mail.charge_id === charge_id &&
      mail.payment_method_id === method &&
      mail.at_ms + PERIOD_MS <= opened_ms + 1,
  ).length;
  const earlier = tables
    .attemptsOf(charge_id)
    .filter(
      (one) =>
        one.number < number &&
        one.kind === 'off_session' &&
        one.payment_method_id === method &&
        one.state !== 'not_executed',
    ).length;
  if (passed <= earlier) violate('debit_unannounced', `${key}: ${passed} mails, ${earlier} debits before`);
  const { ended_ms, lost_ms } = world;
  // With the rows its end may be lost, and is read at Stripe again in truth.
  const isKnown = ended_ms !== null && (lost_ms === null || ended_ms > lost_ms);
  if (isKnown && EPOCH_MS + ended_ms < knew) violate('mandate_had_ended', key);
}

/** At rest: of one mandate, no more repetitions than its scheme allows, whatever charge they were for. */
export function judgeRepetitions(world: World): void {
  const { tables, violate } = world;
  const times: number[] = [];
  for (const all of tables.attempts.values()) {
    const debits = all.filter(
      ({ kind, state, payment_method_id }) =>
        kind === 'off_session' &&
        isAnnounced(world, payment_method_id) &&
        state !== 'not_executed' &&
        state !== 'lost',
    );
    const first = debits.findIndex(
      ({ state }) => state === 'declined' || state === 'authentication_required',
    );
    if (first >= 0) times.push(...debits.slice(first + 1).map(({ started_at }) => started_at.getTime()));
  }
  times.sort((a, b) => a - b);
  times.forEach((at_ms, nth) => {
    const before_ms = times[nth - REPEATED_MOST];
    if (before_ms !== undefined && at_ms - before_ms < WITHIN_MS)
      violate('presented_too_often', `${times.length}`);
  });
}
