/**
 * The days on which each scheme's banks move money, as data. Holidays that follow a rule are rules, Easter among them; what a
 * government proclaimed or withdrew is listed. Past its last year a calendar knows nothing, and says so.
 */
import type { BankCalendar } from './schemes.ts';

/** A day of the calendar without a time, `2026-11-30`. */
export type Day = string;

type Holiday =
  /** A day of the year; where it falls on a weekend its substitute is the next weekday that is no holiday yet. */
  | { readonly on: `${string}-${string}`; readonly substitute: boolean }
  /** Days from Easter Sunday. */
  | { readonly easter: number }
  /** The nth of a weekday in a month, Monday is 1; -1 is the last. */
  | { readonly nth: number; readonly weekday: number; readonly month: number };

type Calendar = {
  readonly source: string;
  readonly first_year: number;
  readonly last_year: number;
  readonly holidays: readonly Holiday[];
  /** Closed by proclamation, beside the rules. */
  readonly proclaimed: readonly Day[];
  /** Open although a rule says otherwise. */
  readonly withdrawn: readonly Day[];
};

const CALENDARS: Readonly<Record<BankCalendar, Calendar>> = {
  target: {
    source:
      'https://www.ecb.europa.eu/paym/target/target2/profuse/calendar (closing days, unchanged since 2002)',
    first_year: 2024,
    last_year: 2035,
    holidays: [
      { on: '01-01', substitute: false },
      { easter: -2 },
      { easter: 1 },
      { on: '05-01', substitute: false },
      { on: '12-25', substitute: false },
      { on: '12-26', substitute: false },
    ],
    proclaimed: [],
    withdrawn: [],
  },
  australia: {
    // BECS settles on the days of RITS: closed at weekends and on the holidays that Sydney and Melbourne share.
    source:
      'https://www.rba.gov.au/payments-and-infrastructure/rits (operating days); https://www.auspaynet.com.au',
    first_year: 2024,
    last_year: 2035,
    holidays: [
      { on: '01-01', substitute: true },
      { on: '01-26', substitute: true },
      { easter: -2 },
      { easter: 1 },
      { on: '04-25', substitute: false },
      { nth: 2, weekday: 1, month: 6 },
      { on: '12-25', substitute: true },
      { on: '12-26', substitute: true },
    ],
    proclaimed: [],
    withdrawn: [],
  },
  uk: {
    source: 'https://www.gov.uk/bank-holidays (England and Wales), Banking and Financial Dealings Act 1971',
    first_year: 2024,
    last_year: 2035,
    holidays: [
      { on: '01-01', substitute: true },
      { easter: -2 },
      { easter: 1 },
      { nth: 1, weekday: 1, month: 5 },
      { nth: -1, weekday: 1, month: 5 },
      { nth: -1, weekday: 1, month: 8 },
      { on: '12-25', substitute: true },
      { on: '12-26', substitute: true },
    ],
    proclaimed: [],
    withdrawn: [],
  },
};

/** The code of the error that tells that a calendar wants further years. */
const CALENDAR_ENDED = 'bank_calendar_ended';

/** A day was asked for of which its calendar knows nothing: somebody has to add years to this file. */
function calendarEnded(calendar: BankCalendar): RangeError {
  const message = `the bank days of ${calendar} end: add years to src/domain/debit/bank-days.ts`;
  return Object.assign(new RangeError(message), { code: CALENDAR_ENDED });
}

const DAY_MS = 86_400_000;
const known = new Map<string, ReadonlySet<Day>>();

/** Whether banks move money on this day. @throws RangeError with code `bank_calendar_ended` */
export function isBankDay(calendar: BankCalendar, day: Day): boolean {
  const weekday = weekdayOf(day);
  return weekday !== 0 && weekday !== 6 && !holidaysOf(calendar, Number(day.slice(0, 4))).has(day);
}

/** The day itself if banks are open, else the next on which they are. @throws RangeError with code `bank_calendar_ended` */
export function nextBankDay(calendar: BankCalendar, day: Day): Day {
  let next = day;
  while (!isBankDay(calendar, next)) next = addDays(next, 1);
  return next;
}

/** The nth bank day after this day, which itself does not count; a negative n counts backwards. @throws RangeError with code `bank_calendar_ended` */
export function bankDaysAfter(calendar: BankCalendar, day: Day, n: number): Day {
  const step = n < 0 ? -1 : 1;
  let at = n === 0 ? nextBankDay(calendar, day) : day;
  for (let left = Math.abs(n); left > 0; ) {
    at = addDays(at, step);
    if (isBankDay(calendar, at)) left -= 1;
  }
  return at;
}

/** The last day that the calendar knows. */
export function lastKnownDay(calendar: BankCalendar): Day {
  return `${CALENDARS[calendar].last_year}-12-31`;
}

const YEAR_DAYS = 365;

/** The calendars that end within a year of this day: time to add to them. */
export function endingCalendars(day: Day): BankCalendar[] {
  const names = Object.keys(CALENDARS) as BankCalendar[];
  return names.filter((name) => daysBetween(day, lastKnownDay(name)) < YEAR_DAYS);
}

export function addDays(day: Day, days: number): Day {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** Days of the calendar from one to the other. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

function dayOf(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}

function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function holidaysOf(name: BankCalendar, year: number): ReadonlySet<Day> {
  const key = `${name}/${year}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const calendar = CALENDARS[name];
  if (!(year >= calendar.first_year && year <= calendar.last_year)) throw calendarEnded(name);
  const days = new Set<Day>(calendar.proclaimed);
  const moved: Day[] = [];
  for (const holiday of calendar.holidays) {
    const day = inYear(holiday, year);
    if (!('on' in holiday) || !isWeekend(day)) days.add(day);
    else if (holiday.substitute) moved.push(day);
  }
  for (const day of moved) days.add(substituteOf(day, days));
  for (const day of calendar.withdrawn) days.delete(day);
  known.set(key, days);
  return days;
}

function inYear(holiday: Holiday, year: number): Day {
  if ('on' in holiday) return `${year}-${holiday.on}`;
  if ('easter' in holiday) return addDays(easterSunday(year), holiday.easter);
  const { nth, weekday, month } = holiday;
  if (nth < 0) {
    const last = dayOf(Date.UTC(year, month, 0));
    return addDays(last, -((weekdayOf(last) - weekday + 7) % 7));
  }
  const first = dayOf(Date.UTC(year, month - 1, 1));
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7);
}

function substituteOf(day: Day, taken: ReadonlySet<Day>): Day {
  let next = addDays(day, 1);
  while (isWeekend(next) || taken.has(next)) next = addDays(next, 1);
  return next;
}

function isWeekend(day: Day): boolean {
  return weekdayOf(day) % 6 === 0;
}

/** The Gregorian Easter, by Meeus, Jones and Butcher (en.wikipedia.org/wiki/Date_of_Easter). */
function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return dayOf(Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1));
}
