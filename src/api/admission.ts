/**
 * Limits how many requests the API handles at once. A request beyond the limit is turned away before we look up its key or
 * read its body. So accepted requests are answered in time, and the others learn at once that they must come again.
 *
 * We count requests under way. Each waits behind those before it, for the event loop and for a connection to Postgres, so
 * their number is the length of both queues and bounds how long all of them wait. Each kind of caller has its own room,
 * so that none can use up another's places. Health has no room: a probe must always be answered.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { retryAfter_s } from './error-handler.ts';
import { problem, problemBody } from './problem.ts';

/**
 * Places in each room. At a few hundred requests a second, a hundred places are a few tenths of a second.
 *
 * - `api`: everything that an API key opens;
 * - `stripe`: calls among them that ask Stripe before they answer, so that a slow Stripe leaves the other places free;
 * - `webhooks`: Stripe delivers a dozen at a time, and retries for days;
 * - `pages`: the customers' pages; a press asks Stripe;
 * - `waiting`: requests held for a change (`?wait`), which cost memory only.
 */
const PLACES = { api: 100, stripe: 50, webhooks: 100, pages: 50, waiting: 1_000 } as const;

export type Room = keyof typeof PLACES;
export type Places = Readonly<Record<Room, number>>;

type Place = {
  /** Moves the request to another room. Throws `overloaded` if that is full. */
  moveTo(room: Room): void;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The room of this route's requests, if not its context's. */
    room?: Room;
  }
  interface FastifyRequest {
    /** Null outside of the rooms, and once the answer is being sent. */
    place: (Place & { isRead: boolean; leave(): void }) | null;
    isTurnedAway: boolean;
  }
}

type RoomState = {
  readonly name: Room;
  readonly max: number;
  taken: number;
  isFull: boolean;
  untold: number;
  tell_at_ms: number;
};

export type Admission = {
  /**
   * From now on, requests of this context need a place. Call it before adding any other hook. A refused caller gets a
   * problem answer; on a page, what the context's error handler makes of `overloaded`.
   */
  guard(context: FastifyInstance, room: Room, options?: { readonly isPage?: boolean }): void;
};

/** A full room reopens once only this share of its places is taken, so that shedding does not flicker. */
const OPEN_AGAIN = 0.75;
const TELL_EVERY_MS = 1_000;
/**
 * A turn of the event loop that takes longer than this is late: the requests it reads have waited as long, unseen, in a
 * socket. A single late turn happens any day; several in a row mean that the machine cannot serve all places. Under
 * overload we scale the limits by (30 ms / average turn)³. Each on-time turn cancels one late turn, so that a single good
 * moment does not let everybody in again.
 */
const TURN_MS = 30;
const LATE_TURNS = 3;
const LATE_TURNS_MAX = 20;
const SMOOTHING = 0.2;
const LEAST_SHARE = 0.04;
const TICK_MS = 10;
/** Late turns shed merchants only: they retry within seconds, Stripe after hours, and customers perhaps never. */
const YIELDING: ReadonlySet<Room> = new Set(['api', 'stripe']);
/** One error for all: making one for each, with its stack, cost more than the rest of a refusal. */
const OVERLOADED = problem('overloaded');
const REFUSAL = Buffer.from(JSON.stringify(problemBody('overloaded')));

/** The rooms of one API process. */
export function createAdmission(
  app: FastifyInstance,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
  places: Partial<Places> = {},
): Admission {
  const rooms = new Map<Room, RoomState>();
  for (const [name, max] of Object.entries({ ...PLACES, ...places }) as [Room, number][])
    rooms.set(name, { name, max, taken: 0, isFull: false, untold: 0, tell_at_ms: 0 });
  app.decorateRequest('place', null);
  app.decorateRequest('isTurnedAway', false);

  const shareInTime = watchTurns(app);

  /** Takes a place, or counts the request as turned away. */
  function enter(name: Room): RoomState | null {
    const room = rooms.get(name);
    if (room === undefined) return null;
    if (room.taken >= room.max) room.isFull = true;
    else if (room.taken <= room.max * OPEN_AGAIN) room.isFull = false;
    const share = YIELDING.has(name) ? shareInTime() : 1;
    if (room.isFull || room.taken >= room.max * share) {
      metrics.requestsShedTotal.inc({ room: name });
      tell(room);
      return null;
    }
    room.taken += 1;
    return room;
  }

  function tell(room: RoomState): void {
    room.untold += 1;
    const now_ms = performance.now();
    if (now_ms < room.tell_at_ms) return;
    log.warn({ event: 'requests.shed', part: room.name, count: room.untold });
    room.untold = 0;
    room.tell_at_ms = now_ms + TELL_EVERY_MS;
  }

  function placeIn(first: RoomState) {
    let room: RoomState | null = first;
    return {
      isRead: false,
      leave: () => {
        if (room !== null) room.taken -= 1;
        room = null;
      },
      moveTo: (name: Room) => {
        const next = enter(name);
        if (next === null) throw OVERLOADED;
        if (room !== null) room.taken -= 1;
        room = next;
      },
    };
  }

  return {
    guard: (context, name, { isPage = false } = {}) => {
      context.addHook('onRequest', (request, reply, done) => {
        const room = enter(request.routeOptions.config.room ?? name);
        if (room === null) {
          request.isTurnedAway = true;
          return isPage ? done(OVERLOADED) : refuse(reply);
        }
        const place = placeIn(room);
        request.place = place;
        // A client that disconnects before its body is read never completes; free its place.
        request.raw.once('close', () => {
          if (!place.isRead && !request.raw.readableEnded) place.leave();
        });
        done();
      });
      context.addHook('preValidation', (request, _reply, done) => {
        if (request.place !== null) request.place.isRead = true;
        done();
      });
      // Not in onResponse, which does not fire after a disconnect.
      context.addHook('onSend', (request, _reply, payload, done) => {
        request.place?.leave();
        request.place = null;
        done(null, payload);
      });
    },
  };
}

/** Bypasses all other hooks: the cheaper a refusal, the more callers can be refused in time. */
function refuse(reply: FastifyReply): void {
  reply.hijack();
  reply.raw
    .writeHead(503, {
      'content-type': 'application/problem+json',
      'content-length': REFUSAL.length,
      'retry-after': String(retryAfter_s()),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(REFUSAL);
}

/** Watches how long turns of the event loop take; answers the share of places that can be served in time. */
function watchTurns(app: FastifyInstance): () => number {
  let began_ms = performance.now();
  let usual_ms = TICK_MS;
  let lateTurns = 0;
  const timer = setInterval(() => {
    const now_ms = performance.now();
    const took_ms = now_ms - began_ms;
    began_ms = now_ms;
    lateTurns = took_ms > TURN_MS ? Math.min(LATE_TURNS_MAX, lateTurns + 1) : Math.max(0, lateTurns - 1);
    usual_ms += (took_ms - usual_ms) * SMOOTHING;
  }, TICK_MS).unref();
  app.addHook('onClose', async () => clearInterval(timer));
  return () => {
    if (lateTurns < LATE_TURNS) return 1;
    return Math.max(LEAST_SHARE, Math.min(1, (TURN_MS / usual_ms) ** 3));
  };
}
