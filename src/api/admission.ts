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
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { problem } from './problem.ts';

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
  /** From now on requests of this context need a place. Call it before any other hook is added. */
  guard(context: FastifyInstance, room: Room): void;
};

/** A full room opens again at this share of its places: shedding begins and ends, it does not flicker. */
const OPEN_AGAIN = 0.75;
const TELL_EVERY_MS = 1_000;
/**
 * The second line: a loop that answers this late has other troubles than the number of requests. Utilization says
 * nothing on a machine in use.
 */
const EVENT_LOOP_DELAY_MAX_MS = 1_000;
/** One for all: making one for each, with its stack, cost more than all the rest of turning somebody away. */
const OVERLOADED = problem('overloaded');

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

  /** Takes a place, or counts the request as turned away. */
  function enter(name: Room): RoomState | null {
    const room = rooms.get(name);
    if (room === undefined) return null;
    if (room.taken >= room.max) room.isFull = true;
    else if (room.taken <= room.max * OPEN_AGAIN) room.isFull = false;
    if (room.isFull) {
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
    guard: (context, name) => {
      context.addHook('onRequest', (request, _reply, done) => {
        const room = enter(request.routeOptions.config.room ?? name);
        if (room === null) {
          request.isTurnedAway = true;
          return done(OVERLOADED);
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

/** Turns everybody of this context away while the event loop itself is late. */
export async function shedWhenLate(context: FastifyInstance): Promise<void> {
  await context.register(underPressure, {
    maxEventLoopDelay: EVENT_LOOP_DELAY_MAX_MS,
    pressureHandler: () => {
      throw OVERLOADED;
    },
  });
}
