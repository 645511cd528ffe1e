/**
 * Limits how many requests the API handles at once. A request beyond the limit is turned away before we look up its key or
 * read its body. So accepted requests are answered in time, and the others learn at once that they must come again.
 *
 * A place is scarce, so nobody holds one who has proven nothing, or while we wait for them: whose key is not known yet has a
 * small room beside the merchants', and no place is held while a body is on its way. Health has no room: a probe must always
 * be answered.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type Bearer, bearerOf } from '../api-key.ts';
import { retryAfter_s } from '../error-handler.ts';
import { problemBody } from '../problem.ts';
import { createKnownKeys } from './known-keys.ts';
import { watchTurns } from './late-turns.ts';
import { createPlaces, OVERLOADED, type Place, type Places, type PlacesMax, type Room } from './places.ts';
import { createShed } from './shed.ts';
import { createStrangers, type Strangers, type StrangersMax } from './strangers.ts';
import { boundUnreadBodies, isOnItsWay, type UnreadMax } from './unread-bodies.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The room of this route's requests, if not its context's. */
    room?: Room;
  }
  interface FastifyRequest {
    /** Null outside of the rooms, while its body is on its way, and once the answer is being sent. */
    place: Place | null;
    isTurnedAway: boolean;
    /** Whether all of it is here and in our hands: from then on it ends by an answer. */
    isRead: boolean;
    /** Whether its key was not known when it came in. */
    isStranger: boolean;
    /** The API key that the request shows, unproven. */
    bearer: Bearer | null;
  }
}

export type AdmissionLimits = {
  readonly places?: Partial<PlacesMax>;
  readonly strangers?: StrangersMax;
  readonly unread?: UnreadMax;
  /** The clock, in milliseconds, by which turns of the event loop are timed; the real one without it. */
  readonly now?: () => number;
};

export type Admission = {
  /**
   * From now on, requests of this context need a place once their body is here. Call it before adding any other hook. A
   * refused caller gets a problem answer; on a page, what the context's error handler makes of `overloaded`.
   */
  guard(context: FastifyInstance, room: Room, options?: { readonly isPage?: boolean }): void;
  /** The same for a context whose callers show an API key, which costs a statement to look up. Sets `bearer`. */
  guardKeyed(context: FastifyInstance, room: Room): void;
};

const REFUSAL = Buffer.from(JSON.stringify(problemBody('overloaded')));

/** The rooms of one API process. */
export function createAdmission(
  app: FastifyInstance,
  counted: { readonly log: Log; readonly metrics: Metrics },
  limits: AdmissionLimits = {},
): Admission {
  app.decorateRequest('place', null);
  app.decorateRequest('isTurnedAway', false);
  app.decorateRequest('isRead', false);
  app.decorateRequest('isStranger', false);
  app.decorateRequest('bearer', null);
  const shed = createShed(counted);
  boundUnreadBodies(app, () => shed('unread'), limits.unread);
  const shareInTime = watchTurns(app, limits.now);
  const places = createPlaces(shareInTime, shed, limits.places);
  const strangers = createStrangers(shareInTime, () => shed('strangers'), limits.strangers);
  return {
    guard: (context, name, { isPage = false } = {}) => {
      const turnAway = isPage ? refusePage : refuse;
      context.addHook('onRequest', (request, reply, done) => {
        if (!places.isOpen(roomOf(request, name))) return turnAway(request, reply, done);
        done();
      });
      enterWhenRead(context, (request) => places.enter(roomOf(request, name)), turnAway);
    },
    guardKeyed: (context, name) => guardKeyed(context, name, places, strangers),
  };
}

function guardKeyed(context: FastifyInstance, name: Room, places: Places, strangers: Strangers): void {
  const known = createKnownKeys();

  async function enter(request: FastifyRequest): Promise<Place | null> {
    const id = known.idOf(request.bearer);
    if (id !== null) return places.enter(roomOf(request, name), id);
    const stranger = await strangers.enter();
    // Another of its calls may have been found meanwhile.
    const found = known.idOf(request.bearer);
    request.isStranger = found === null;
    if (stranger === null || found === null) return stranger;
    stranger.leave();
    return places.enter(roomOf(request, name), found);
  }

  context.addHook('onRequest', async (request, reply) => {
    request.bearer = bearerOf(request.headers.authorization);
    // Refused without a look at the database.
    if (request.bearer === null) return;
    const place = await enter(request);
    request.place = place;
    if (place === null) return refuse(request, reply);
    // A client that disconnects while its key is looked up would keep its place: its body never ends.
    const { raw } = request;
    if (raw.closed) place.leave();
    raw.once('close', () => {
      if (!request.isRead && !raw.readableEnded) place.leave();
    });
  });
  context.addHook('preParsing', async (request) => {
    const { bearer, apiKey } = request;
    if (bearer !== null && apiKey !== null) known.learn(bearer);
    // What was a stranger's enters its key's room with the rest of the request.
    if (request.isStranger || isOnItsWay(request)) {
      request.place?.leave();
      request.place = null;
    }
  });
  enterWhenRead(context, (request) => places.enter(roomOf(request, name), request.apiKey?.id), refuse);
  context.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 401 && request.bearer !== null) known.forget(request.bearer);
    done(null, payload);
  });
}

type TurnAway = (request: FastifyRequest, reply: FastifyReply, done: (error: Error) => void) => void;

function enterWhenRead(
  context: FastifyInstance,
  enter: (request: FastifyRequest) => Place | null,
  turnAway: TurnAway,
): void {
  context.addHook('preValidation', (request, reply, done) => {
    request.isRead = true;
    request.place ??= enter(request);
    if (request.place === null) return turnAway(request, reply, done);
    done();
  });
  // Not in onResponse, which does not fire after a disconnect.
  context.addHook('onSend', (request, _reply, payload, done) => {
    request.place?.leave();
    request.place = null;
    done(null, payload);
  });
}

function roomOf(request: FastifyRequest, name: Room): Room {
  return request.routeOptions.config.room ?? name;
}

function refusePage(request: FastifyRequest, _reply: FastifyReply, done: (error: Error) => void): void {
  request.isTurnedAway = true;
  done(OVERLOADED);
}

/** Bypasses all other hooks: the cheaper a refusal, the more callers can be refused in time. */
function refuse(request: FastifyRequest, reply: FastifyReply): void {
  request.isTurnedAway = true;
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
