/**
 * Watches how late the event loop is. A turn that takes long is late: the requests it reads have waited as long, unseen,
 * in a socket. A single late turn happens any day; several in a row mean that the machine cannot serve all places.
 */
import type { FastifyInstance } from 'fastify';

/**
 * Under overload we scale the limits by (30 ms / average turn)³. Each on-time turn cancels one late turn, so that a single
 * good moment does not let everybody in again.
 */
const TURN_MS = 30;
const LATE_TURNS = 3;
const LATE_TURNS_MAX = 20;
const SMOOTHING = 0.2;
const LEAST_SHARE = 0.04;
const TICK_MS = 10;

/** Answers the share of places, above 0 and up to 1, that can be served in time right now. `now` is asked once a turn. */
export function watchTurns(app: FastifyInstance, now = () => performance.now()): () => number {
  let began_ms = now();
  let usual_ms = TICK_MS;
  let lateTurns = 0;
  const timer = setInterval(() => {
    const now_ms = now();
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
