/**
 * Remembers which API keys were found lately, so that the door knows a merchant's request from a stranger's before it asks
 * the database. It only chooses the room: whether a key may do anything is looked up for each request.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Bearer } from '../api-key.ts';

export type KnownKeys = {
  /** The key's id if this very token was found lately, else null. */
  idOf(bearer: Bearer | null): string | null;
  learn(bearer: Bearer): void;
  forget(bearer: Bearer): void;
};

/** More than a merchant has; only tokens that were found get in. */
const KEYS_MAX = 1_000;

/** The memory of one API process; it begins empty. */
export function createKnownKeys(): KnownKeys {
  const hashes = new Map<string, Buffer>();
  const knows = ({ id, hash }: Bearer): boolean => {
    const known = hashes.get(id);
    return known !== undefined && timingSafeEqual(known, hash);
  };
  return {
    idOf: (bearer) => (bearer !== null && knows(bearer) ? bearer.id : null),
    learn: (bearer) => {
      if (hashes.has(bearer.id)) return;
      const [oldest] = hashes.keys();
      if (hashes.size >= KEYS_MAX && oldest !== undefined) hashes.delete(oldest);
      hashes.set(bearer.id, bearer.hash);
    },
    // A wrong secret for a known id must not push its owner out.
    forget: (bearer) => void (knows(bearer) && hashes.delete(bearer.id)),
  };
}
