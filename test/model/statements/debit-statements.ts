/**
 * Notices of debits: `insertNotice`, what its mail and `markNoticeSent` do, and `debit_may_open()`. The worker that sends mails
 * is not played: what it writes is, at once or days late, whatever happened meanwhile.
 */
import type { ChargeContext, DebitNotice } from '../../../src/domain/charge/charge.ts';
import { REPETITION_LIMITS } from '../../../src/domain/debit/decide-debit.ts';
import { planCollection } from '../../../src/domain/debit/plan-collection.ts';
import { schemeOf } from '../../../src/domain/debit/schemes.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import type { Modelled } from './statement.ts';
import type { State, Tables } from './tables.ts';

export type NoticeRow = Omit<DebitNotice, 'is_used' | 'is_mended'> & {
  readonly charge_id: string;
  readonly period_days: number;
  readonly created_at: Date;
};

const DAY_MS = 86_400_000;
const OPEN: readonly string[] = ['queued', 'retry_wait', 'action_required'];
const NONE: readonly never[] = [];

export const debitStatements: readonly Modelled[] = [
  {
    name: 'insertNotice',
    marker: 'insert into notices (id, state, due_at, charge_id, number',
    arity: 14,
    run: (tables, values) => {
      const [charge_id, revision, lease_number, id, , , number, method, , day, days, from, until] = values;
      const charge = tables.rows.charge.get(charge_id as string);
      const now = tables.now();
      const isHeld = charge?.lease_number === lease_number && (charge?.lease_until ?? now) > now;
      if (charge === undefined || charge.revision !== revision || !isHeld) return [];
      const known = tables.notices.get(charge.id) ?? NONE;
      if (known.some((notice) => notice.number === number)) return [];
      const written: NoticeRow = {
        ...{ id: id as string, charge_id: charge.id, number: number as number, state: 'queued' },
        ...{ payment_method_id: method as string, amount_minor: charge.amount_minor },
        ...{ scheduled_for: charge.scheduled_for, collect_on: day as string, period_days: days as number },
        ...{ confirm_not_before: from as Date, confirm_until: until as Date, created_at: now },
      };
      const before = known.map((notice) =>
        notice.state === 'queued' ? { ...notice, state: 'suppressed' as const } : notice,
      );
      tables.notices.set(charge.id, [...before, written]);
      tables.announced(written);
      return [{ id }];
    },
  },
];

/** Whether its mail is to go out now, and for which collection; as `readNotice` and `startNotice` ask. */
export function startMail(tables: Tables, { id, charge_id }: NoticeRow, days: number): NoticeRow | null {
  const all = tables.notices.get(charge_id) ?? NONE;
  const notice = all.at(-1);
  const charge = tables.rows.charge.get(charge_id);
  const method = tables.methods.get(notice?.payment_method_id ?? '');
  const scheme = schemeOf(method?.type ?? '');
  if (notice?.id !== id || notice.state !== 'queued' || charge === undefined || scheme === null) return null;
  if (!OPEN.includes(charge.state) || charge.close_requested_at !== null || method?.state !== 'usable')
    return null;
  const asked = { now: tables.now(), wanted: notice.collect_on, sent_by: 'us', days } as const;
  const { collect_on, period_days, confirm_at, confirm_until } = planCollection(scheme, asked);
  const sending = { ...notice, state: 'sending' as const, collect_on, period_days, confirm_until };
  const started = { ...sending, confirm_not_before: confirm_at };
  tables.notices.set(charge_id, [...all.slice(0, -1), started]);
  return started;
}

/** `markNoticeSent`: the period begins, and the charge is due when it has passed. */
export function markSent(tables: Tables, { id, charge_id }: NoticeRow): void {
  const all = tables.notices.get(charge_id) ?? NONE;
  const charge = tables.rows.charge.get(charge_id);
  const notice = all.find((each) => each.id === id);
  if (notice?.state !== 'sending' || charge === undefined) return;
  const passed_ms = tables.now().getTime() + notice.period_days * DAY_MS;
  const confirm_not_before = new Date(Math.max(notice.confirm_not_before.getTime(), passed_ms));
  tables.notices.set(
    charge_id,
    all.map((each) => (each.id === id ? { ...each, state: 'sent' as const, confirm_not_before } : each)),
  );
  const isAwaited = charge.state !== 'action_required' || charge.due_at !== null;
  if (!OPEN.includes(charge.state) || charge.close_requested_at !== null || !isAwaited) return;
  if (all.at(-1)?.id !== id) return;
  tables.count('notice_sent');
  tables.write('charge', charge_id, {
    due_at: confirm_not_before,
    offered_at: null,
    revision: charge.revision + 1,
  });
}

/** What a decision reads of a debit; null of a card, and of a debit without a scheme of ours. */
export function debitOf(tables: Tables, charge: Rows['charge'], method_id: string): ChargeContext['debit'] {
  const scheme = schemeOf(tables.methods.get(method_id)?.type ?? '');
  if (scheme === null) return null;
  const notice = tables.notices.get(charge.id)?.at(-1) ?? null;
  return {
    notice: notice === null ? null : read(tables, notice),
    repetitions: repetitionsOf(tables, tables, method_id, scheme.retries.within_days),
    mandate_id: 'mandate_model',
  };
}

/** The mutant takes a notice that was written for one that has passed. */
function read(tables: Tables, notice: NoticeRow): DebitNotice {
  const { id, number, state, payment_method_id, amount_minor, scheduled_for, collect_on } = notice;
  const { confirm_not_before, confirm_until } = notice;
  const shown = { id, number, payment_method_id, amount_minor, scheduled_for, collect_on, confirm_until };
  const used = { is_used: isUsed(tables, notice), is_mended: false };
  if (tables.without === 'debit_notice')
    return { ...shown, ...used, state: 'sent', confirm_not_before: tables.now() };
  return { ...shown, ...used, state, confirm_not_before };
}

function isUsed({ attempts }: State, { charge_id, created_at }: NoticeRow): boolean {
  return (attempts.get(charge_id) ?? NONE).some(
    ({ kind, state, started_at }) =>
      kind === 'off_session' && state !== 'not_executed' && started_at >= created_at,
  );
}

/** `debit_may_open()`. */
export function debitMayOpen(
  tables: Tables,
  seen: State,
  charge: Rows['charge'],
  method_id: string,
): boolean {
  const type = seen.methods.get(method_id)?.type ?? '';
  const limit = REPETITION_LIMITS.find((each) => each.type === type);
  if (limit === undefined || tables.without === 'debit_notice') return true;
  const notice = seen.notices.get(charge.id)?.at(-1);
  const now = tables.now();
  if (notice?.state !== 'sent' || notice.payment_method_id !== method_id) return false;
  if (notice.amount_minor !== charge.amount_minor) return false;
  if (notice.scheduled_for?.getTime() !== charge.scheduled_for?.getTime()) return false;
  if (now < notice.confirm_not_before || now > notice.confirm_until || isUsed(seen, notice)) return false;
  const isFirst = !(seen.attempts.get(charge.id) ?? NONE).some(
    (one) => one.payment_method_id === method_id && isRefused(one.state),
  );
  return isFirst || repetitionsOf(tables, seen, method_id, limit.within_days) < limit.most;
}

const isRefused = (state: string): boolean => state === 'declined' || state === 'authentication_required';

/** `repetitions_of()`. */
function repetitionsOf(tables: Tables, { attempts }: State, method_id: string, within_days: number): number {
  const since_ms = tables.now().getTime() - within_days * DAY_MS;
  let count = 0;
  for (const all of attempts.values())
    for (const one of all)
      if (
        one.payment_method_id === method_id &&
        one.kind === 'off_session' &&
        one.state !== 'not_executed' &&
        one.started_at.getTime() > since_ms &&
        all.some(
          (other) =>
            other.number < one.number && other.payment_method_id === method_id && isRefused(other.state),
        )
      )
        count += 1;
  return count;
}
