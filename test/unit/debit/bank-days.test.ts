import { describe, expect, it } from 'vitest';
import {
  addDays,
  bankDaysAfter,
  endingCalendars,
  isBankDay,
  lastKnownDay,
  nextBankDay,
} from '../../../src/domain/debit/bank-days.ts';
import type { BankCalendar } from '../../../src/domain/debit/schemes.ts';
import { instantAt, localTime } from '../../../src/domain/debit/zoned-time.ts';

/** Weekdays on which banks are closed, copied by hand from the central banks' and governments' pages. */
const CLOSED: readonly [BankCalendar, number, string][] = [
  ['target', 2024, '01-01 03-29 04-01 05-01 12-25 12-26'],
  ['target', 2026, '01-01 04-03 04-06 05-01 12-25'],
  ['uk', 2024, '01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26'],
  ['uk', 2026, '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28'],
  ['uk', 2027, '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28'],
  ['uk', 2033, '01-03 04-15 04-18 05-02 05-30 08-29 12-26 12-27'],
  ['australia', 2024, '01-01 01-26 03-29 04-01 04-25 06-10 12-25 12-26'],
  ['australia', 2026, '01-01 01-26 04-03 04-06 06-08 12-25 12-28'],
  ['australia', 2027, '01-01 01-26 03-26 03-29 06-14 12-27 12-28'],
];

describe('bank days', () => {
  it.each(CLOSED)('of %s in %i are closed on the days that are printed', (calendar, year, days) => {
    const closed: string[] = [];
    for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) {
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      if (weekday !== 0 && weekday !== 6 && !isBankDay(calendar, day)) closed.push(day.slice(5));
    }
    expect(closed.join(' ')).toBe(days);
  });

  it('are counted over weekends, holidays and leap days, forwards and back', () => {
    expect(nextBankDay('target', '2026-04-03')).toBe('2026-04-07');
    expect(bankDaysAfter('target', '2026-04-01', 2)).toBe('2026-04-07');
    expect(bankDaysAfter('target', '2026-04-07', -2)).toBe('2026-04-01');
    expect(bankDaysAfter('uk', '2028-02-28', 1)).toBe('2028-02-29');
    expect(bankDaysAfter('uk', '2026-12-26', 0)).toBe('2026-12-29');
  });

  it('past the last known year are refused by a code that names what to mend', () => {
    expect(() => isBankDay('uk', '2036-01-02')).toThrow(
      expect.objectContaining({
        code: 'bank_calendar_ended',
        message: expect.stringContaining('bank-days.ts'),
      }),
    );
    expect(() => bankDaysAfter('target', lastKnownDay('target'), 2)).toThrow(RangeError);
    expect(() => isBankDay('australia', '2023-12-29')).toThrow(RangeError);
  });

  it('warn in the year before they end', () => {
    expect(endingCalendars('2034-12-31')).toEqual([]);
    expect(endingCalendars('2035-01-01')).toEqual(['target', 'australia', 'uk']);
  });
});

describe('the hour on a wall', () => {
  it.each([
    ['2026-03-29', 2, 30, 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29', 10, 30, 'Europe/Paris', '2026-03-29T08:30:00.000Z'],
    ['2026-10-25', 2, 30, 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25', 10, 30, 'Europe/Paris', '2026-10-25T09:30:00.000Z'],
    ['2026-10-04', 18, 30, 'Australia/Melbourne', '2026-10-04T07:30:00.000Z'],
    ['2026-04-05', 0, 0, 'Australia/Melbourne', '2026-04-04T13:00:00.000Z'],
    ['2026-12-31', 20, 0, 'Europe/London', '2026-12-31T20:00:00.000Z'],
  ])('of %s %i:%i in %s is found through summer time', (day, hour, minute, zone, at) => {
    expect(instantAt(day, hour, minute, zone).toISOString()).toBe(at);
  });

  it('comes back as the same hour, on every day of a year in every zone', () => {
    for (const zone of ['Europe/Paris', 'Europe/London', 'Australia/Melbourne'])
      for (let day = '2028-01-01'; day <= '2028-12-31'; day = addDays(day, 1))
        expect(localTime(instantAt(day, 0, 0, zone), zone)).toEqual({ day, minute_of_day: 0 });
  });
});
