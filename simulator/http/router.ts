import type { Context } from '../world/world.ts';
import type { Kind } from './expand.ts';
import type { Params } from './params.ts';

/** A request that has passed authentication, the limiter and the idempotency layer. */
export interface Call extends Context {
  readonly params: Params;
  /** The id in the path, '' if there is none. */
  readonly id: string;
  /** The second id in the path: a customer's payment method. */
  readonly innerId: string;
  /** Made with a publishable key, which sees less and may do less. */
  readonly publishable: boolean;
}

/**
 * One operation. `read` takes and checks the parameters, changes nothing, and returns what to do; in between, the
 * framework refuses leftovers and takes the object's lock.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/v1/payment_intents/:id/confirm` */
  readonly template: string;
  /** Kind of the answer, or of a list's members. */
  readonly kind: Kind;
  readonly list?: boolean;
  /** Open to a publishable key that shows the object's client secret. */
  readonly publishable?: boolean;
  /** Takes the lock of the object in the path. */
  readonly locks?: boolean;
  readonly read: (call: Call) => () => unknown;
}

export interface Matched {
  readonly route: Route;
  readonly id: string;
  readonly innerId: string;
}

/** First names of resources whose own name is the second: `/v1/checkout/sessions`. */
const NESTED: ReadonlySet<string> = new Set(['checkout', 'radar']);

export type Router = Map<string, Route>;

export function routerOf(routes: readonly Route[]): Router {
  return new Map(routes.map((route) => [`${route.method} ${route.template}`, route]));
}

/** The route of a path. Every path has at most two ids, always after a resource's name. */
export function matchRoute(router: Router, method: string, path: string): Matched | undefined {
  const parts = path.split('/');
  if (parts[1] !== 'v1' || parts[2] === undefined) return undefined;
  const nested = NESTED.has(parts[2]);
  const resource = nested ? `/v1/${parts[2]}/${parts[3] ?? ''}` : `/v1/${parts[2]}`;
  const [id, verb, innerId, ...rest] = parts.slice(nested ? 4 : 3);
  if (rest.length > 0 || id === 'search') return undefined;
  let template = resource;
  if (id !== undefined) template += '/:id';
  if (verb !== undefined) template += `/${verb}`;
  if (innerId !== undefined) template += '/:inner';
  const route = router.get(`${method} ${template}`);
  return route === undefined ? undefined : { route, id: id ?? '', innerId: innerId ?? '' };
}
