import { describe, expect, it } from 'vitest';
import { addDays, bankDaysAfter, daysBetween, isBankDay } from '../../../src/domain/debit/bank-days.ts';
import {
  type Collection,
  noticeDays,
  planCollection,
  repetitionDay,
  targetDate,
  toldOn,
} from '../../../src/domain/debit/plan-collection.ts';
import { type DebitScheme, SCHEME_TYPES, SCHEMES } from '../../../src/domain/debit/schemes.ts';
import { localTime } from '../../../src/domain/debit/zoned-time.ts';

const DAY_MS = 86_400_000;
const { sepa_debit, au_becs_debit, bacs_debit } = SCHEMES;
const us = (now: string, wanted: string | null, days: number) => ({
  now: new Date(now),
  wanted: wanted === null ? null : new Date(wanted),
  sent_by: 'us' as const,
  days,
});

describe('a collection', () => {
  it('as early as may be waits for the whole notice, and for the banks', () => {
    // Monday; two days later it is Wednesday, taken before 10:30, collected on Friday.
    const plan = planCollection(sepa_debit, us('2026-11-30T08:00:00Z', null, 2));
    expect(plan.collect_on).toBe('2026-12-04');
    expect(plan.confirm_at.toISOString()).toBe('2026-12-02T08:00:00.000Z');
  });

  it('that is confirmed past the cut-off is taken a bank day later', () => {
    const plan = planCollection(sepa_debit, us('2026-11-30T09:30:00Z', null, 2));
    expect(plan.collect_on).toBe('2026-12-07');
    expect(plan.confirm_at.toISOString()).toBe('2026-12-02T23:00:00.000Z');
  });

  it('on a wished day is announced in time, with a day to spare', () => {
    const plan = planCollection(sepa_debit, us('2026-11-30T08:00:00Z', '2027-01-15T12:00:00Z', 14));
    expect(plan.collect_on).toBe('2027-01-15');
    expect(plan.confirm_at.toISOString()).toBe('2027-01-12T23:00:00.000Z');
    expect(plan.notify_at.toISOString()).toBe('2026-12-28T23:00:00.000Z');
  });

  it('on a holiday moves to the next bank day, over Easter and the change to summer time', () => {
    const plan = planCollection(sepa_debit, us('2026-03-01T08:00:00Z', '2026-04-03T12:00:00Z', 14));
    expect(plan.collect_on).toBe('2026-04-07');
    expect(plan.confirm_at.toISOString()).toBe('2026-03-31T22:00:00.000Z');
  });

  it("by Bacs is announced two bank days before, by Melbourne's clock for BECS", () => {
    const bacs = planCollection(bacs_debit, us('2026-12-24T12:00:00Z', null, 2));
    expect([bacs.period_days, bacs.collect_on]).toEqual([6, '2027-01-04']);
    const becs = planCollection(au_becs_debit, us('2026-10-02T09:00:00Z', '2026-10-04T20:00:00Z', 1));
    expect(becs.collect_on).toBe('2026-10-06');
  });

  it('that Stripe announces is confirmed so early that the days pass at Stripe', () => {
    const asked = {
      now: new Date('2026-11-30T08:00:00Z'),
      wanted: '2026-12-31',
      sent_by: 'stripe',
      days: 10,
    } as const;
    const plan = planCollection(sepa_debit, asked);
    expect([plan.collect_on, plan.confirm_at.toISOString()]).toEqual([
      '2026-12-31',
      '2026-12-20T23:00:00.000Z',
    ]);
    expect(targetDate(sepa_debit, plan.collect_on, plan.confirm_at)).toBe('2026-12-31');
  });

  it('is told to be paid some bank days later', () => {
    expect(toldOn(sepa_debit, '2026-12-22')).toBe('2026-12-29');
  });

  it('follows a failure on bank days, as often as the scheme allows', () => {
    const at = new Date('2026-12-23T15:00:00Z');
    expect([0, 1, 2].map((n) => repetitionDay(sepa_debit, n, at))).toEqual([
      '2026-12-29',
      '2026-12-31',
      null,
    ]);
  });
});

/** A small generator whose seed replays a run (en.wikipedia.org/wiki/Xorshift). */
function chance(seed: number) {
  let state = seed >>> 0 || 1;
  return (below: number): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000_007);

/** One charge, whose merchant changes amount and day while notices go out. Answers why it broke a rule. */
function life(seed: number): string | null {
  const any = chance(seed);
  const scheme: DebitScheme = SCHEMES[SCHEME_TYPES[any(3)] ?? 'sepa_debit'];
  const sent_by = any(4) === 0 ? 'stripe' : 'us';
  const agreed = scheme.notice.least_days + any(sent_by === 'stripe' ? 9 : 15);
  const days = any(2) === 0 ? agreed : noticeDays(scheme, { sent_by, days: {} }, any(5) === 0);
  let now = new Date(Date.UTC(2024, 1, 1) + any(3_800) * DAY_MS + any(86_400) * 1_000);
  const wish = () => (any(4) === 0 ? null : new Date(now.getTime() + (any(70) - 5) * DAY_MS));
  let wanted = wish();
  let plan: Collection = planCollection(scheme, { now, wanted, sent_by, days });
  let sent_at: Date | null = null;
  for (let step = 0; step < 40; step += 1) {
    if (sent_at === null) {
      now = new Date(Math.max(now.getTime(), plan.notify_at.getTime()) + any(7_200_000));
      plan = planCollection(scheme, { now, wanted, sent_by, days });
      if (plan.notify_at > now) continue;
      sent_at = now;
    } else if (any(3) === 0) {
      // A change of amount or day: another notice, and another wait.
      now = new Date(now.getTime() + any(5 * DAY_MS));
      if (any(2) === 0) wanted = wish();
      plan = planCollection(scheme, { now, wanted, sent_by, days });
      sent_at = null;
    } else {
      const confirm = new Date(
        Math.max(now.getTime(), plan.confirm_at.getTime()) + any(any(9) === 0 ? 9 * DAY_MS : 60_000),
      );
      now = confirm;
      if (confirm <= plan.confirm_until) return judge(scheme, plan, { sent_by, days, sent_at, confirm });
      plan = planCollection(scheme, { now, wanted, sent_by, days });
      sent_at = null;
    }
  }
  return null;
}

function judge(
  scheme: DebitScheme,
  { collect_on, confirm_at }: Collection,
  it: { sent_by: string; days: number; sent_at: Date; confirm: Date },
): string | null {
  const { time_zone } = scheme.cut_off;
  if (!isBankDay(scheme.calendar, collect_on)) return `collected on ${collect_on}`;
  if (it.confirm < confirm_at) return 'confirmed before its time';
  const passed = (it.confirm.getTime() - it.sent_at.getTime()) / DAY_MS;
  const told = localTime(it.sent_by === 'us' ? it.sent_at : it.confirm, time_zone).day;
  if (it.sent_by === 'us' && scheme.notice.unit === 'calendar' && passed < it.days)
    return `after ${passed} days`;
  const enough =
    scheme.notice.unit === 'calendar'
      ? daysBetween(told, collect_on) >= it.days
      : bankDaysAfter(scheme.calendar, told, it.days) <= collect_on;
  // A late confirm moves the collection, never forward of the day that was told.
  return enough || localTime(it.confirm, time_zone).day > localTime(confirm_at, time_zone).day
    ? null
    : `told on ${told}, collected on ${collect_on}`;
}

it(`10,000 charges whose amounts and days change keep notice and bank days (SEED=${SEED})`, () => {
  const broken: string[] = [];
  for (let n = 0; n < 10_000; n += 1) {
    const seed = (SEED * 7_919 + n * 104_729 + 1) >>> 0;
    const why = life(seed);
    if (why !== null) broken.push(`seed ${seed}: ${why}`);
  }
  expect(broken).toEqual([]);
});

it('what is planned never lies before what was planned a moment earlier', () => {
  for (const type of SCHEME_TYPES)
    for (let day = '2027-12-20', before = ''; day < '2028-03-10'; day = addDays(day, 1)) {
      const { collect_on } = planCollection(SCHEMES[type], us(`${day}T09:00:00Z`, null, 2));
      expect(collect_on >= before).toBe(true);
      before = collect_on;
    }
});
