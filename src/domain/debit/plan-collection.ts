/**
 * When a debit is announced, confirmed and collected (docs/protocol.md, 20). Pure.
 *
 *   notice ── its period ──▶ confirm ── the scheme's bank days ──▶ collection
 *
 * The customer is told the day of the collection, which is a bank day. Nothing is confirmed before the period of the notice
 * has passed whole, in days of 24 hours from when it was sent.
 */
import { addDays, bankDaysAfter, type Day, daysBetween, nextBankDay } from './bank-days.ts';
import { type DebitScheme, type SchemeType, schemeOf } from './schemes.ts';
import { instantAt, localTime } from './zoned-time.ts';

export type NoticeSender = 'us' | 'stripe';

/** Who announces debits, and how many days ahead where that was agreed otherwise than by the scheme. */
export type NoticePolicy = {
  readonly sent_by: NoticeSender;
  readonly days: { readonly [T in SchemeType]?: number | undefined };
};

/** Why days of notice that are said to be agreed are none; null if they can be. */
export function refusedDays(type: string, days: number, sent_by: NoticeSender): string | null {
  const scheme = schemeOf(type);
  if (scheme === null) return `${type} is no scheme whose debits are announced`;
  const { least_days } = scheme.notice;
  if (days < least_days) return `${type} needs at least ${least_days}`;
  const most_days = sent_by === 'stripe' ? STRIPES_MOST_DAYS[scheme.notice.unit] : OUR_MOST_DAYS;
  return days > most_days ? `${type} can have at most ${most_days}` : null;
}

/** A day told earlier is forgotten. */
const OUR_MOST_DAYS = 60;
/** Stripe waits up to 15 days (`target_date`), of which weekends and holidays take their part. */
const STRIPES_MOST_DAYS = { calendar: 10, bank: 5 } as const;

export type Collection = {
  /** The day on which the money leaves the account. */
  readonly collect_on: Day;
  /** Send the notice from now on; past or present: at once. */
  readonly notify_at: Date;
  /** Whole days from the sending of the notice to the first moment of a confirm. */
  readonly period_days: number;
  readonly confirm_at: Date;
  /** Confirmed later, it would be collected so late that another notice has to say so. */
  readonly confirm_until: Date;
};

type Asked = {
  readonly now: Date;
  /** The day that is wished for: a time of the merchant's, or a day; null: as early as may be. */
  readonly wanted: Date | Day | null;
  readonly sent_by: NoticeSender;
  /** Days of notice, in the scheme's unit. */
  readonly days: number;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A notice that is due now is sent within this time. */
const SENDING_MS = HOUR_MS;
/** So much earlier than needed a notice for a later day goes out: a mail server that is away for a day moves no debit. */
const SPARE_DAYS = 1;

/** Days of notice: as agreed, else the scheme's; of what Stripe tells, or of a repetition, what Stripe's mandate agrees to. */
export function noticeDays(scheme: DebitScheme, policy: NoticePolicy, is_repetition: boolean): number {
  const { default_days, least_days } = scheme.notice;
  if (is_repetition) return least_days;
  return policy.days[scheme.type] ?? (policy.sent_by === 'stripe' ? least_days : default_days);
}

/**
 * The earliest collection that notice, bank days and the wish allow.
 *
 * @throws RangeError with code `bank_calendar_ended`
 */
export function planCollection(scheme: DebitScheme, asked: Asked): Collection {
  const wanted = wantedDay(scheme, asked);
  return asked.sent_by === 'us' ? planOurs(scheme, asked, wanted) : planStripes(scheme, asked, wanted);
}

function planOurs(scheme: DebitScheme, { now, days }: Asked, wanted: Day | null): Collection {
  const { calendar, lead_bank_days, late_bank_days, cut_off } = scheme;
  const period_days = periodDays(scheme, days, now);
  const from = new Date(now.getTime() + period_days * DAY_MS);
  const taken = takenOn(scheme, new Date(from.getTime() + SENDING_MS));
  const earliest = bankDaysAfter(calendar, taken, lead_bank_days);
  const collect_on = wanted !== null && wanted > earliest ? wanted : earliest;
  const submit_on = bankDaysAfter(calendar, collect_on, -lead_bank_days);
  const opens = startOf(scheme, submit_on);
  return {
    collect_on,
    notify_at: notifyAt(scheme, days, submit_on),
    period_days,
    confirm_at: later(opens, from),
    confirm_until: instantAt(
      bankDaysAfter(calendar, submit_on, late_bank_days),
      cut_off.hour,
      cut_off.minute,
      cut_off.time_zone,
    ),
  };
}

/**
 * Stripe mails when it takes the debit (S in schemes.ts), so its notice runs from the confirm to the collection. Longer than
 * the scheme itself takes, it is waited out at Stripe, by `target_date`.
 */
function planStripes(scheme: DebitScheme, { now, days }: Asked, wanted: Day | null): Collection {
  const { calendar, lead_bank_days, late_bank_days, cut_off } = scheme;
  const earliest = bankDaysAfter(calendar, takenOn(scheme, now), lead_bank_days);
  let collect_on = wanted !== null && wanted > earliest ? wanted : earliest;
  const until = (day: Day) => instantAt(day, cut_off.hour, cut_off.minute, cut_off.time_zone);
  let submit = submitBefore(scheme, collect_on, days);
  while (until(submit.on) <= now) {
    collect_on = bankDaysAfter(calendar, collect_on, 1);
    submit = submitBefore(scheme, collect_on, days);
  }
  const confirm_at = later(startOf(scheme, submit.on), now);
  return {
    collect_on,
    notify_at: confirm_at,
    period_days: 0,
    confirm_at,
    confirm_until: submit.is_natural
      ? until(bankDaysAfter(calendar, submit.on, late_bank_days))
      : until(submit.on),
  };
}

/** The last bank day on which Stripe has to take it for its own notice to be early enough. */
function submitBefore(
  scheme: DebitScheme,
  collect_on: Day,
  days: number,
): { readonly on: Day; readonly is_natural: boolean } {
  const { calendar, lead_bank_days, notice, target_date } = scheme;
  const natural = bankDaysAfter(calendar, collect_on, -lead_bank_days);
  const told =
    notice.unit === 'bank' ? bankDaysAfter(calendar, collect_on, -days) : addDays(collect_on, -days);
  if (natural <= told || target_date === null) return { on: natural, is_natural: true };
  let on = addDays(collect_on, -Math.max(daysBetween(told, collect_on), target_date.least_days));
  while (nextBankDay(calendar, on) !== on) on = addDays(on, -1);
  return on >= natural ? { on: natural, is_natural: true } : { on, is_natural: false };
}

/** The day that Stripe is asked to debit on; null where it takes none, or the day is too near or too far. */
export function targetDate(scheme: DebitScheme, collect_on: Day, now: Date): Day | null {
  const { target_date, cut_off } = scheme;
  if (target_date === null) return null;
  // Which zone Stripe counts in is not said: a day has to fit in ours and in UTC.
  const today = [localTime(now, cut_off.time_zone).day, now.toISOString().slice(0, 10)];
  const fits = today.every((day) => {
    const days = daysBetween(day, collect_on);
    return days >= target_date.least_days && days <= target_date.most_days;
  });
  return fits ? collect_on : null;
}

/** The day by which Stripe tells whether a debit that is collected on this day was paid. */
export function toldOn(scheme: DebitScheme, collect_on: Day): Day {
  return bankDaysAfter(scheme.calendar, collect_on, scheme.told_after_bank_days - scheme.lead_bank_days);
}

/** A debit that is with the bank, as far as we know. */
export type DebitUnderWay = {
  readonly confirmed_at: Date;
  /** The day that its customer was told; null of one that they pressed for themselves. */
  readonly collect_on: Day | null;
  /** Its bank's word on the mandate is still to come, and Stripe waits for it first. */
  readonly awaits_mandate: boolean;
};

/** When the money of a debit leaves the account, and when Stripe tells whether it arrived. */
export function daysOfDebit(
  scheme: DebitScheme,
  { confirmed_at, collect_on: told, awaits_mandate }: DebitUnderWay,
): { readonly collect_on: Day; readonly told_on: Day } {
  const { calendar, lead_bank_days, told_after_bank_days, told_after_bank_days_new_mandate } = scheme;
  const longer = awaits_mandate ? told_after_bank_days_new_mandate - told_after_bank_days : 0;
  const taken = takenOn(scheme, confirmed_at);
  const collect_on = told ?? bankDaysAfter(calendar, taken, lead_bank_days + longer);
  return { collect_on, told_on: toldOn(scheme, collect_on) };
}

/** The collection that follows the nth failure (from 0) that is to be presented again; null: none may follow. */
export function repetitionDay(scheme: DebitScheme, failures_before: number, now: Date): Day | null {
  const after = scheme.retries.after_bank_days[failures_before];
  if (after === undefined || failures_before >= scheme.retries.most) return null;
  return bankDaysAfter(scheme.calendar, localTime(now, scheme.cut_off.time_zone).day, after);
}

function wantedDay(scheme: DebitScheme, { wanted }: Asked): Day | null {
  if (wanted === null) return null;
  const day = typeof wanted === 'string' ? wanted : localTime(wanted, scheme.cut_off.time_zone).day;
  return nextBankDay(scheme.calendar, day);
}

/** The bank day for which Stripe takes what is confirmed at this time. */
function takenOn({ calendar, cut_off }: DebitScheme, at: Date): Day {
  const { day, minute_of_day } = localTime(at, cut_off.time_zone);
  const is_late = minute_of_day >= cut_off.hour * 60 + cut_off.minute;
  return nextBankDay(calendar, is_late ? addDays(day, 1) : day);
}

function periodDays({ calendar, cut_off, notice }: DebitScheme, days: number, sent_at: Date): number {
  if (notice.unit === 'calendar') return days;
  const { day } = localTime(sent_at, cut_off.time_zone);
  return daysBetween(day, bankDaysAfter(calendar, day, days));
}

function notifyAt(scheme: DebitScheme, days: number, submit_on: Day): Date {
  const { calendar, notice } = scheme;
  const ahead = days + SPARE_DAYS;
  const day =
    notice.unit === 'calendar' ? addDays(submit_on, -ahead) : bankDaysAfter(calendar, submit_on, -ahead);
  return startOf(scheme, day);
}

function startOf({ cut_off }: DebitScheme, day: Day): Date {
  return instantAt(day, 0, 0, cut_off.time_zone);
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
