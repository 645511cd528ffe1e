/**
 * Takes what is older than it has to be kept (docs/protocol.md, 13.7): settled events, and the histories of charges and setups
 * that ended long ago. Each kind has a walk over the timeline, oldest first, which remembers where it is.
 */
import { z } from 'zod';
import { DAY_S } from '../../domain/durations.ts';
import type { Timings } from '../../platform/timings.ts';
import {
  type Forgotten,
  forgetDeliveries,
  forgetEvents,
  forgetHistories,
} from '../../store/janitor/retention.ts';
import { readCursor, type SweepName, saveSweep, takeSweep } from '../../store/work/sweeps.ts';
import type { Dependencies } from '../dependencies.ts';

type ForgetDependencies = Pick<Dependencies, 'sql' | 'timings' | 'log'>;

/** The last move that was looked at, and when this walk began (Unix seconds, business time). */
const cursorShape = z.object({ after: z.int(), since_s: z.int() });

type Walk = {
  readonly name: SweepName;
  /** One statement: looks at the next old moves after this one. */
  readonly step: (deps: ForgetDependencies, after: number) => Promise<Forgotten>;
  /** Whether what was passed over is looked at again one day. Events are not: each move of theirs brings them back. */
  readonly isRepeated: boolean;
};

const WALKS: readonly Walk[] = [
  {
    name: 'old_events',
    step: ({ sql, timings }, after) =>
      forgetEvents(sql, after, { rows: timings.forgetRowsMax, days: timings.eventsKeptDays }),
    isRepeated: false,
  },
  {
    name: 'old_histories',
    step: ({ sql, timings }, after) =>
      forgetHistories(sql, after, { rows: timings.forgetRowsMax, months: timings.historyMonths }),
    isRepeated: true,
  },
  {
    name: 'old_deliveries',
    step: ({ sql, timings }, after) =>
      forgetDeliveries(sql, after, { rows: timings.forgetRowsMax, days: timings.eventsKeptDays }),
    isRepeated: false,
  },
];

/** A few steps of each walk that is due. Any worker may call it at any time; one at a time does it. */
export async function forgetHistoryOnce(deps: ForgetDependencies, signal?: AbortSignal): Promise<void> {
  for (const walk of WALKS) await walkOn(deps, walk, signal);
}

async function walkOn(deps: ForgetDependencies, walk: Walk, signal: AbortSignal | undefined): Promise<void> {
  const { sql, timings, log } = deps;
  const pace = { shortest_ms: timings.janitorIntervalMs, longest_ms: timings.forgetQuietMs };
  const taken = await takeSweep(sql, walk.name, pace);
  if (taken === null) return;
  let cursor = readCursor(taken, cursorShape) ?? { after: 0, since_s: taken.now_s };
  let gone = 0;
  let isMore = true;
  for (let step = 0; isMore && step < timings.forgetStepsMax && signal?.aborted !== true; step += 1) {
    const found = await walk.step(deps, cursor.after);
    gone += found.gone;
    // A step that stays where it is waits for whoever holds its rows.
    isMore = found.next > cursor.after;
    cursor = { ...cursor, after: found.next };
    if (found.looked === 0 && walk.isRepeated) cursor = anewIfOld(cursor, taken.now_s, timings);
  }
  if (gone > 0) log.debug({ event: 'history.forgotten', part: walk.name, count: gone });
  await saveSweep(sql, walk.name, { cursor: JSON.stringify(cursor), due_in_ms: null, is_active: isMore });
}

type Cursor = z.output<typeof cursorShape>;

function anewIfOld(cursor: Cursor, now_s: number, { forgetAgainDays }: Timings): Cursor {
  const isOld = now_s - cursor.since_s >= forgetAgainDays * DAY_S;
  return isOld ? { after: 0, since_s: now_s } : cursor;
}
