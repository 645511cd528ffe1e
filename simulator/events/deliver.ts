import type { Account, EventRow, World } from '../world/world.ts';
import { eventBody } from './event-body.ts';
import { send, type Target } from './send.ts';

/** One try of one delivery, as the log stores it. */
export interface Delivery {
  event: string;
  type: string;
  url: string;
  /** 1 for the first try. */
  attempt: number;
  status: number | null;
  error: string | null;
  /** Real time, milliseconds. */
  atMs: number;
  /** A deliberate duplicate. */
  duplicate: boolean;
  /** Sent after a younger event to the same address. */
  reordered: boolean;
  account: string;
}

/** How deliveries go wrong. Stripe promises neither order nor uniqueness. */
export interface Weather {
  shuffle: boolean;
  /** 0 to 1. */
  duplicateRate: number;
  /** Simulator time before the first try. */
  delayMs: number;
  /** Holds everything back until it is false again. */
  paused: boolean;
  concurrency: number;
}

/** The outgoing deliveries of one simulator. */
export interface Mailer {
  weather: Weather;
  readonly outbox: Parcel[];
  /** How to abort each try under way, and when it is over. */
  readonly inFlight: Map<() => void, Promise<void>>;
  readonly shuffling: Set<NodeJS.Timeout>;
  /** Deliveries that failed and wait for their next try. */
  retrying: number;
  /** Position of the youngest event sent to an address. */
  readonly youngest: Map<string, number>;
  orders: number;
  stopped: boolean;
}

interface Parcel {
  account: Account;
  row: EventRow;
  target: Target;
  /** The same bytes on every try. */
  body: string;
  order: number;
  attempt: number;
  duplicate: boolean;
  tried: () => void;
}

const PATIENCE_MS = 250;
/** Within this real time, shuffled events overtake each other. */
const SHUFFLE_MS = 150;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Simulator time between one try and the next. */
const RETRIES_MS = {
  default: [SECOND_MS, 5 * SECOND_MS, 25 * SECOND_MS],
  live: [5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS],
} as const;

const CALM: Weather = { shuffle: false, duplicateRate: 0, delayMs: 0, paused: false, concurrency: 4 };

export function newMailer(): Mailer {
  return {
    weather: { ...CALM },
    outbox: [],
    inFlight: new Map(),
    shuffling: new Set(),
    retrying: 0,
    youngest: new Map(),
    orders: 0,
    stopped: false,
  };
}

/** Posts an event to every endpoint subscribed to its type, with the delivery faults that are set. */
export function post(world: World, account: Account, row: EventRow): void {
  // An account that was reset may still have timers; they must stay silent.
  if (world.accounts.get(account.secretKey) !== account) return;
  const targets = targetsOf(world, account, row.type);
  row.posted = targets.length;
  row.pending = targets.length;
  if (targets.length === 0) return;
  const { mailer } = world;
  const body = JSON.stringify(eventBody(row));
  const order = mailer.orders++;
  for (const target of targets) {
    const parcel = { account, row, target, body, order, attempt: 1, duplicate: false, tried: ignore };
    hand(world, parcel);
    const twice = mailer.weather.duplicateRate > 0 && world.random.fraction() < mailer.weather.duplicateRate;
    if (twice) hand(world, { ...parcel, duplicate: true });
  }
}

/** Posts an event again, in the same bytes, as an operator would from the Dashboard. */
export function repost(world: World, account: Account, row: EventRow): void {
  const body = JSON.stringify(eventBody(row, row.posted));
  for (const target of targetsOf(world, account, row.type)) {
    const order = world.mailer.orders++;
    hand(world, { account, row, target, body, order, attempt: 1, duplicate: true, tried: ignore });
  }
}

/** Changes the delivery faults; events held back go out when the pause ends. */
export function setWeather(world: World, change: Partial<Weather>): Weather {
  Object.assign(world.mailer.weather, change);
  pump(world);
  return world.mailer.weather;
}

/**
 * Waits until the tries under way are over, but no longer than this real time: a receiver may never answer.
 */
export async function settled(mailer: Mailer): Promise<void> {
  if (mailer.inFlight.size === 0) return;
  let patience: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    patience = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([Promise.all(mailer.inFlight.values()), enough]);
  clearTimeout(patience);
}

export function stopMailer(mailer: Mailer): void {
  mailer.stopped = true;
  mailer.outbox.length = 0;
  for (const timer of mailer.shuffling) clearTimeout(timer);
  for (const abort of mailer.inFlight.keys()) abort();
}

function targetsOf(world: World, account: Account, type: string): Target[] {
  const { webhooks } = world.options;
  const { rows } = account.webhookEndpoints;
  if (webhooks.length === 0 && rows.length === 0) return [];
  const wants = (types: readonly string[]) => types.includes('*') || types.includes(type);
  const configured = webhooks
    .filter((target) => wants(target.enabled_events ?? ['*']))
    .map(({ url, secret }) => ({ url, secrets: typeof secret === 'string' ? [secret] : secret }));
  const created = rows
    .filter((row) => row.value.status === 'enabled' && wants(row.value.enabled_events))
    .map((row) => ({ url: row.value.url, secrets: [row.secret] }));
  return [...configured, ...created];
}

/** Makes the first try. */
function hand(world: World, parcel: Parcel): void {
  const { mailer } = world;
  const { delayMs, shuffle } = mailer.weather;
  const go = () => {
    if (!shuffle) return void enqueue(world, parcel);
    const timer = setTimeout(() => {
      mailer.shuffling.delete(timer);
      enqueue(world, parcel);
    }, world.random.fraction() * SHUFFLE_MS);
    mailer.shuffling.add(timer);
  };
  if (delayMs > 0) world.clock.after(delayMs, go);
  else go();
}

function enqueue(world: World, parcel: Parcel): void {
  if (world.mailer.stopped) return;
  world.mailer.outbox.push(parcel);
  pump(world);
}

function pump(world: World): void {
  const { mailer } = world;
  while (!mailer.weather.paused && mailer.inFlight.size < mailer.weather.concurrency) {
    const parcel = mailer.outbox.shift();
    if (parcel === undefined) return;
    attempt(world, parcel);
  }
}

function attempt(world: World, parcel: Parcel): void {
  const { mailer } = world;
  const { target, order } = parcel;
  const youngest = mailer.youngest.get(target.url) ?? -1;
  const entry: Delivery = {
    event: parcel.row.value.id,
    type: parcel.row.type,
    url: target.url,
    attempt: parcel.attempt,
    status: null,
    error: null,
    atMs: Date.now(),
    duplicate: parcel.duplicate,
    reordered: order < youngest,
    account: parcel.account.secretKey,
  };
  mailer.youngest.set(target.url, Math.max(order, youngest));
  if (world.options.logs === 'on') world.deliveries.push(entry);
  let over = ignore;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const abort = send(target, parcel.body, (status, error) => {
    mailer.inFlight.delete(abort);
    over();
    if (mailer.stopped) return;
    entry.status = status;
    entry.error = error;
    if (status !== null && status >= 200 && status < 300) arrived(parcel);
    else retry(world, parcel);
    parcel.tried();
    pump(world);
  });
  mailer.inFlight.set(abort, ended);
}

function arrived(parcel: Parcel): void {
  if (!parcel.duplicate) parcel.row.pending -= 1;
}

/** A duplicate is not tried again: the original is. */
function retry(world: World, parcel: Parcel): void {
  if (parcel.duplicate) return;
  const delayMs = RETRIES_MS[world.options.retryProfile][parcel.attempt - 1];
  if (delayMs === undefined) {
    parcel.row.failed += 1;
    return;
  }
  world.mailer.retrying += 1;
  world.clock.after(delayMs, () => {
    world.mailer.retrying -= 1;
    if (world.mailer.weather.paused) {
      return void world.mailer.outbox.push({ ...parcel, attempt: parcel.attempt + 1, tried: ignore });
    }
    return new Promise<void>((tried) => enqueue(world, { ...parcel, attempt: parcel.attempt + 1, tried }));
  });
}

function ignore(): void {}
