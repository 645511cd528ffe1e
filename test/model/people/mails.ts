/** The mails that announce debits: out within minutes, or days late, and sometimes twice; told to nobody but their reader. */
import { markSent, type NoticeRow, startMail } from '../statements/debit-statements.ts';
import type { World } from '../world.ts';

/** A mail that its customer has read: what it tells of, and when it came. Virtual time. */
type Told = { readonly charge_id: string; readonly payment_method_id: string; readonly at_ms: number };

export type Mailed = {
  /** The mails that announced debits; no loss takes them away. */
  readonly mailed: Told[];
  /** When the first method went out of use: an account's mandate has ended. */
  ended_ms: number | null;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** As the worlds' deployment agreed with its customers. */
const NOTICE_DAYS = 2;

/** Sends it in its time, if it is still wanted then. */
export function planMail(world: World, notice: NoticeRow): void {
  const { random, scheduler } = world;
  const late = random.chance(0.06);
  const delay_ms = late ? random.between(0, 2 * DAY_MS) : random.fraction() ** 3 * 20 * MINUTE_MS;
  scheduler.at(scheduler.now_ms() + delay_ms, () => send(world, notice));
}

function send(world: World, notice: NoticeRow): void {
  const { tables, scheduler, random, mailed } = world;
  const { charge_id, payment_method_id } = notice;
  if (world.is_down) {
    scheduler.at(scheduler.now_ms() + MINUTE_MS, () => send(world, notice));
    return;
  }
  const started = startMail(tables, notice, NOTICE_DAYS);
  if (started === null) return;
  mailed.push({ charge_id, payment_method_id, at_ms: scheduler.now_ms() });
  // Its sender may need minutes to write that it is out.
  const slow_ms = random.chance(0.1) ? random.between(0, 30 * MINUTE_MS) : 1_000;
  const mark = (): void => {
    if (world.is_down) scheduler.at(scheduler.now_ms() + MINUTE_MS, mark);
    else markSent(tables, started);
  };
  scheduler.at(scheduler.now_ms() + slow_ms, mark);
}

/** After a loss of rows whatever is not marked as sent goes out, perhaps once more. */
export function planMailsAnew(world: World): void {
  for (const [charge_id, notices] of world.tables.notices) {
    const kept = notices.map((notice) =>
      notice.state === 'sending' ? { ...notice, state: 'queued' as const } : notice,
    );
    world.tables.notices.set(charge_id, kept);
    for (const notice of kept) if (notice.state === 'queued') planMail(world, notice);
  }
}
