import { invariant } from '../platform/errors.ts';
import type { Json } from './json.ts';

/**
 * An id as part of a path. Throws on what is no id: an empty one would turn "this PaymentIntent" into "all
 * PaymentIntents", and the SDK lets it pass.
 */
export function pathId(id: string): string {
  invariant(/^[A-Za-z0-9_-]{1,255}$/.test(id), 'stripe_id_form');
  return id;
}

/** A projection that takes only the object that was asked for. */
export function ofId<T>(id: string, project: (body: Json) => T | null): (body: Json) => T | null {
  return (body) => (body.id === id ? project(body) : null);
}
