/** When a debit's bank answers. Bank holidays are left out: Stripe's test accounts know none. */
import type { Options } from '../options.ts';
import type { BankAccount, DebitScheme } from './scheme.ts';

/** Simulator time that a "delayed" account takes. */
const DELAYED_MS = 180_000;
const DAY_MS = 86_400_000;

const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Midnight after so many weekdays, in UTC. */
function afterBankDays(fromMs: number, days: number): number {
  let atMs = Date.parse(dateOf(fromMs));
  for (let left = days; left > 0; ) {
    atMs += DAY_MS;
    const day = new Date(atMs).getUTCDay();
    if (day !== 0 && day !== 6) left -= 1;
  }
  return atMs;
}

/** In how many milliseconds the bank answers a debit; one for a `target_date` is not asked before that day. */
export function answerInMs(
  { asyncDelayMs, debitTiming }: Pick<Options, 'asyncDelayMs' | 'debitTiming'>,
  { days }: DebitScheme,
  { delayed }: Pick<BankAccount, 'delayed'>,
  at: { nowMs: number; targetDate: string | null; newMandate: boolean },
): number {
  const beginsMs = at.targetDate === null ? at.nowMs : Date.parse(at.targetDate);
  const more = at.newMandate ? days.newMandate : 0;
  const answerMs =
    debitTiming === 'scheme_days'
      ? afterBankDays(beginsMs, days.answer + more)
      : beginsMs + (delayed ? DELAYED_MS : asyncDelayMs);
  return Math.max(answerMs - at.nowMs, delayed ? DELAYED_MS : asyncDelayMs);
}

/** In how many milliseconds a bank confirms or refuses a new mandate. */
export function mandateInMs(
  { asyncDelayMs, debitTiming }: Pick<Options, 'asyncDelayMs' | 'debitTiming'>,
  { days }: DebitScheme,
  nowMs: number,
): number {
  return debitTiming === 'scheme_days' ? afterBankDays(nowMs, days.newMandate) - nowMs : asyncDelayMs;
}

/** The day that a charge tells as the expected one. */
export function expectedDate(nowMs: number, targetDate: string | null): string {
  return targetDate ?? dateOf(afterBankDays(nowMs, 1));
}

/** Whether Stripe takes it: three to fifteen calendar days ahead. */
export function isTargetDate(text: string, nowMs: number): boolean {
  const atMs = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !Number.isFinite(atMs) || dateOf(atMs) !== text) return false;
  const days = (atMs - Date.parse(dateOf(nowMs))) / DAY_MS;
  return days >= 3 && days <= 15;
}
