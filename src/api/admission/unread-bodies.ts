/**
 * Bounds how many bodies may be on their way to us, from one address and altogether. They hold no place, so nobody is
 * turned away because of them; but each holds a socket and what has arrived of it.
 *
 * Where there are too many, the one that has been on its way for the longest gives way, among those of the address that has the
 * most: who sends a whole request at once is never that one, also behind the same proxy.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type UnreadMax = { readonly perAddress: number; readonly altogether: number };

/** A webhook may have a megabyte. */
const UNREAD_MAX: UnreadMax = { perAddress: 64, altogether: 256 };

/** Whether part of the request's body has yet to arrive. */
export function isOnItsWay({ headers, raw }: FastifyRequest): boolean {
  if (raw.complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Watches every request of this app; `shed` is told of each that gave way. */
export function boundUnreadBodies(app: FastifyInstance, shed: () => void, max = UNREAD_MAX): void {
  /** In the order in which they came. */
  const unread = new Map<string, Set<IncomingMessage>>();
  let count = 0;

  function drop(address: string, raw: IncomingMessage): void {
    const ofAddress = unread.get(address);
    if (!ofAddress?.delete(raw)) return;
    count -= 1;
    if (ofAddress.size === 0) unread.delete(address);
  }

  function note(address: string, raw: IncomingMessage): Set<IncomingMessage> {
    const ofAddress = unread.get(address) ?? new Set();
    unread.set(address, ofAddress.add(raw));
    count += 1;
    raw.once('close', () => drop(address, raw));
    return ofAddress;
  }

  /** Node tells of a body's end late, so those that have arrived are found when it matters. */
  function dropArrived(): void {
    for (const [address, raws] of unread) for (const raw of raws) if (raw.complete) drop(address, raw);
  }

  function hangUpOn(address: string, raws: Set<IncomingMessage>): void {
    for (const oldest of raws) {
      drop(address, oldest);
      shed();
      oldest.destroy();
      return;
    }
  }

  app.addHook('onRequest', (request, _reply, done) => {
    if (!isOnItsWay(request)) return done();
    const ofAddress = note(request.ip, request.raw);
    if (ofAddress.size > max.perAddress || count > max.altogether) dropArrived();
    if (ofAddress.size > max.perAddress) hangUpOn(request.ip, ofAddress);
    if (count > max.altogether) hangUpOn(...fullest(unread, request.ip, ofAddress));
    done();
  });
  app.addHook('preValidation', (request, _reply, done) => {
    drop(request.ip, request.raw);
    done();
  });
}

/** The address with the most bodies on their way. */
function fullest(
  unread: ReadonlyMap<string, Set<IncomingMessage>>,
  address: string,
  ofAddress: Set<IncomingMessage>,
): [string, Set<IncomingMessage>] {
  let most: [string, Set<IncomingMessage>] = [address, ofAddress];
  for (const each of unread) if (each[1].size > most[1].size) most = each;
  return most;
}
