/**
 * How much the API takes on at once. Beyond it a request is turned away before anything is done for it, neither its key
 * looked up nor its body read, so that whoever was let in is answered in time and the others learn at once that they
 * have to come again.
 *
 * What is counted is requests under way: each waits behind those before it, for the event loop and for a connection to
 * Postgres, so their number is the length of the queue in front of both, and with what one request takes it bounds what
 * all of them wait. A room of its own for each kind of caller keeps one from using up what another needs. Health has
 * none: a probe must be answered whatever happens.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { retryAfter_s } from './error-handler.ts';
import { problem, problemBody } from './problem.ts';

/**
 * Places in each room. At some hundred requests a second a hundred places are a few tenths of a second.
 *
 * - `api`: what an API key opens;
 * - `stripe`: of that, what asks Stripe before it answers: a slow Stripe must not use up the places of the rest;
 * - `webhooks`: Stripe delivers a dozen at a time and comes again for days;
 * - `pages`: the customers'; a press asks Stripe;
 * - `waiting`: held for a change (`?wait`), costing memory only.
 */
const PLACES = { api: 100, stripe: 50, webhooks: 100, pages: 50, waiting: 1_000 } as const;

export type Room = keyof typeof PLACES;
export type Places = Readonly<Record<Room, number>>;

type Place = {
  /** Goes on in another room, or is turned away there. Throws `overloaded`. */
  moveTo(room: Room): void;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where this route's requests need a place, if not where its context has them. */
    room?: Room;
  }
  interface FastifyRequest {
    /** Null outside of the rooms, and once the answer is on its way. */
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
   * From now on requests of this context need a place. Call it before any other hook is added. Who is turned away reads a
   * problem; of a page, what the context's error handler makes of `overloaded`.
   */
  guard(context: FastifyInstance, room: Room, options?: { readonly isPage?: boolean }): void;
};

/** A full room opens again at this share of its places: shedding begins and ends, it does not flicker. */
const OPEN_AGAIN = 0.75;
const TELL_EVERY_MS = 1_000;
/**
 * A turn of the event loop that takes longer is late: whoever it reads now has waited as long, unseen, in a socket. One
 * happens on any day; several one after the other mean that the machine has less to give than all places need. Then
 * there are fewer by the cube of how much too long turns usually take. Timely turns make up for late ones one by one, or a single
 * good moment would let everybody in again.
 */
const TURN_MS = 30;
const LATE_TURNS = 3;
const LATE_TURNS_MAX = 20;
const SMOOTHING = 0.2;
const LEAST_SHARE = 0.04;
const TICK_MS = 10;
/** Merchants come again within seconds; Stripe would do so after hours, and customers perhaps never. */
const YIELDING: ReadonlySet<Room> = new Set(['api', 'stripe']);
/** One for all: making one for each, with its stack, cost more than all the rest of turning somebody away. */
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
        // Of a body that was not read before its caller hung up nothing comes any more, not even an error, though it may
        // have arrived whole: such a request never gets an answer.
        request.raw.once('close', () => {
          if (!place.isRead && !request.raw.readableEnded) place.leave();
        });
        done();
      });
      context.addHook('preValidation', (request, _reply, done) => {
        if (request.place !== null) request.place.isRead = true;
        done();
      });
      // Not when the answer has gone out: that is never told of one whose caller has hung up meanwhile.
      context.addHook('onSend', (request, _reply, payload, done) => {
        request.place?.leave();
        request.place = null;
        done(null, payload);
      });
    },
  };
}

/** Past all other hooks: what a refusal costs is what bounds how many can be refused in time. */
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

/** Watches how long turns of the event loop take; answers the share of the places that can be served in time. */
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
