import { machines, type RunState } from '../../domain/machines.ts';
import type { RunRow } from '../../store/run/run-list.ts';
import type { RunView } from '../schemas/run.ts';

/** What a view needs besides the row; a run's own pace goes before the account's. */
export type PaceOf = { readonly account_per_s: number; readonly now: Date };

/** A run as the API shows it. */
export function runView(row: RunRow, pace: PaceOf | null): RunView {
  return {
    id: row.id,
    object: 'run',
    name: row.name,
    reference: row.reference,
    status: machines.run.statuses[row.state as RunState],
    paused_reason: row.paused_reason as RunView['paused_reason'],
    hold: row.hold,
    goal: goalView(row),
    decision:
      row.decision === null || row.decided_at === null
        ? null
        : {
            decision: row.decision as NonNullable<RunView['decision']>['decision'],
            decided_at: row.decided_at.toISOString(),
          },
    pace_per_s: row.pace_per_s,
    stop_loss: stopLossView(row),
    again_of: row.again_of,
    counts: { ...row.counts },
    sums: row.sums.map((sum) => ({ ...sum })),
    expected_end_at: expectedEnd(row, pace),
    version: row.version,
    metadata: row.metadata,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    completed_at: row.completed_at?.toISOString() ?? null,
  };
}

/** Rows of an earlier release in what was told then lack it. */
function stopLossView({ stop_loss_share: share, stop_loss_of_last: of_last }: RunRow): RunView['stop_loss'] {
  return share == null || of_last == null ? null : { share: String(share), of_last };
}

function goalView(row: RunRow): RunView['goal'] {
  const { goal_minor, goal_currency, goal_ends_at, goal_on_miss, pledged_minor } = row;
  if (goal_minor === null || goal_currency === null || goal_ends_at === null) return null;
  const pledged = pledged_minor ?? 0;
  return {
    amount: goal_minor,
    currency: goal_currency,
    by: goal_ends_at.toISOString(),
    on_miss: goal_on_miss === 'cancel' ? 'cancel' : 'wait',
    pledged,
    reached: pledged >= goal_minor,
  };
}

/** Retries and customers take their days besides; in what was told at its time it is not known. */
function expectedEnd(row: RunRow, pace: PaceOf | null): string | null {
  if (pace === null || row.state !== 'running' || (row.hold && row.decision === null)) return null;
  const waiting = (row.counts.processing ?? 0) + (row.counts.scheduled ?? 0);
  const per_s = Math.min(row.pace_per_s ?? pace.account_per_s, pace.account_per_s);
  return new Date(pace.now.getTime() + Math.ceil(waiting / per_s) * 1_000).toISOString();
}
