/**
 * Rooms with places: how many requests of each kind may be under way at once.
 *
 * Each request waits behind those before it, for the event loop and for a connection to Postgres, so their number is the
 * length of both queues and bounds how long all of them wait. Each kind of caller has its own room, so that none can use up
 * another's places. In the merchant's rooms the API keys that called lately share the places: one that calls alone has all
 * of them, and one that joins finds its share free however many the others ask for.
 */
import { problem } from '../problem.ts';

/**
 * Places in each room. At a few hundred requests a second, a hundred places are a few tenths of a second.
 *
 * - `api`: everything that an API key opens;
 * - `stripe`: calls among them that ask Stripe before they answer, so that a slow Stripe leaves the other places free;
 * - `webhooks`: Stripe delivers a dozen at a time, and retries for days;
 * - `pages`: the customers' pages; a press asks Stripe;
 * - `waiting`: requests held for a change (`?wait`), and presses that wait for their twin; they cost memory only.
 */
const PLACES = { api: 100, stripe: 50, webhooks: 100, pages: 50, waiting: 1_000 } as const;

export type Room = keyof typeof PLACES;
export type PlacesMax = Readonly<Record<Room, number>>;

export type Place = {
  /** Moves the request to another room. Throws `overloaded` if that is full. */
  moveTo(room: Room, holder?: string): void;
  /** Frees the place; idempotent. */
  leave(): void;
};

export type Places = {
  /** Takes a place for a holder, an API key's id; or null, which is counted as turned away. */
  enter(room: Room, holder?: string): Place | null;
  /** Whether `enter` would find a place right now; if not, that is counted as turned away. */
  isOpen(room: Room, holder?: string): boolean;
};

type Holder = { taken: number; isFull: boolean; asked_at_ms: number };
type RoomState = { readonly max: number; readonly holders: Map<string, Holder>; look_at_ms: number };

/** The holder of rooms that nobody shares. */
const EVERYBODY = '';
/** A full room reopens once only this share of its places is taken, so that shedding does not flicker. */
const OPEN_AGAIN = 0.75;
/** A key that was silent for so long no longer counts among those that share a room. */
const SILENT_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
/** Late turns shed merchants only: they retry within seconds, Stripe after hours, and customers perhaps never. */
const YIELDING: ReadonlySet<Room> = new Set(['api', 'stripe']);
/** One error for all: making one for each, with its stack, cost more than the rest of a refusal. */
export const OVERLOADED = problem('overloaded');

/** The rooms of one API process. `shareInTime`: see `watchTurns`; `shed`: told of each that is turned away. */
export function createPlaces(
  shareInTime: () => number,
  shed: (room: Room) => void,
  given: Partial<PlacesMax> = {},
): Places {
  const rooms = new Map<Room, RoomState>();
  for (const [name, max] of Object.entries({ ...PLACES, ...given }) as [Room, number][])
    rooms.set(name, { max, holders: new Map(), look_at_ms: 0 });

  /** The holder if there is a place for one more of its requests. */
  function look(name: Room, id: string): Holder | null {
    const room = rooms.get(name);
    if (room === undefined) return null;
    const holder = holderOf(room, id);
    const max = Math.max(1, Math.floor(room.max / room.holders.size));
    if (holder.taken >= max) holder.isFull = true;
    else if (holder.taken <= max * OPEN_AGAIN) holder.isFull = false;
    const share = YIELDING.has(name) ? shareInTime() : 1;
    if (!holder.isFull && holder.taken < max * share) return holder;
    shed(name);
    return null;
  }

  function take(name: Room, id: string): Holder | null {
    const holder = look(name, id);
    if (holder !== null) holder.taken += 1;
    return holder;
  }

  return {
    isOpen: (name, id = EVERYBODY) => look(name, id) !== null,
    enter: (name, id = EVERYBODY) => {
      const first = take(name, id);
      return first === null ? null : placeOf(first, id, take);
    },
  };
}

function placeOf(first: Holder, id: string, take: (room: Room, id: string) => Holder | null): Place {
  let held: Holder | null = first;
  let holder_id = id;
  const leave = (): void => {
    if (held !== null) held.taken -= 1;
    held = null;
  };
  return {
    leave,
    moveTo: (name, to = holder_id) => {
      const next = take(name, to);
      if (next === null) throw OVERLOADED;
      leave();
      held = next;
      holder_id = to;
    },
  };
}

function holderOf(room: RoomState, id: string): Holder {
  const now_ms = performance.now();
  if (now_ms >= room.look_at_ms) {
    room.look_at_ms = now_ms + LOOK_EVERY_MS;
    for (const [other, { taken, asked_at_ms }] of room.holders)
      if (taken === 0 && now_ms - asked_at_ms > SILENT_MS) room.holders.delete(other);
  }
  const holder = room.holders.get(id) ?? { taken: 0, isFull: false, asked_at_ms: now_ms };
  holder.asked_at_ms = now_ms;
  room.holders.set(id, holder);
  return holder;
}
