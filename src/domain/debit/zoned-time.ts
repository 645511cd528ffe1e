/** Days and hours in the zone of a scheme, its summer time among them. */
import type { Day } from './bank-days.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(time_zone: string): Intl.DateTimeFormat {
  const known = formats.get(time_zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: time_zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(time_zone, format);
  return format;
}

export type LocalTime = { readonly day: Day; readonly minute_of_day: number };

/** What clock and calendar on the wall there show at this time. */
export function localTime(at: Date, time_zone: string): LocalTime {
  // Swedish writes `2026-11-30 10:30`; as one text it costs a third of its parts.
  const text = formatOf(time_zone).format(at);
  return {
    day: text.slice(0, 10),
    minute_of_day: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)),
  };
}

/** When the wall there shows this day and hour: of an hour that summer time skips, the one after it; of one that it repeats, the first. */
export function instantAt(day: Day, hour: number, minute: number, time_zone: string): Date {
  const wall_ms = Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * 60_000;
  const before = wall_ms - offsetMs(new Date(wall_ms - 86_400_000), time_zone);
  const after = wall_ms - offsetMs(new Date(wall_ms + 86_400_000), time_zone);
  // Around a change the zone has two offsets; the earlier time that really shows the hour is the one.
  for (const ms of [Math.min(before, after), Math.max(before, after)])
    if (ms + offsetMs(new Date(ms), time_zone) === wall_ms) return new Date(ms);
  return new Date(Math.max(before, after));
}

function offsetMs(at: Date, time_zone: string): number {
  const { day, minute_of_day } = localTime(at, time_zone);
  const wall = Date.parse(`${day}T00:00:00Z`) + minute_of_day * 60_000;
  return wall - Math.floor(at.getTime() / 60_000) * 60_000;
}
