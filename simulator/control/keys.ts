import {
  type ApiKey,
  LEVELS,
  type Level,
  masked,
  type Permissions,
  RESOURCES,
  type Resource,
} from '../http/permissions.ts';
import type { World } from '../world/world.ts';
import { ControlError } from './find.ts';

/** What is said about a key. Permissions are those of a restricted key; `revoked` may be said of any. */
export interface KeyRequest {
  key: string;
  permissions?: Permissions;
  revoked?: boolean;
}

/** A key as the control API shows it. */
export interface ShownKey {
  /** Masked. */
  key: string;
  permissions: Permissions | null;
  revoked: boolean;
  /** What its calls needed so far, given or not, such as `charge_read`. */
  needed: string[];
}

const KEY = /^(sk|rk)_test_[A-Za-z0-9_]+$/;

/** Makes a restricted key in the account of `secretKey`, changes what it may do, or revokes a key. */
export function sayOfKey(world: World, secretKey: string, request: KeyRequest): ShownKey {
  const { key } = request;
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new ControlError(400, "key must be of the form 'rk_test_…' or 'sk_test_…'");
  }
  const known = world.apiKeys.get(key);
  if ((known?.secretKey ?? secretKey) !== secretKey) {
    throw new ControlError(409, 'this key belongs to another account');
  }
  const isRestricted = key.startsWith('rk_');
  if (!isRestricted && (request.permissions !== undefined || key !== secretKey)) {
    throw new ControlError(400, 'a secret key may do everything, in its own account');
  }
  const permissions = isRestricted ? readPermissions(request.permissions ?? known?.permissions ?? {}) : null;
  const revoked = request.revoked ?? known?.revoked ?? false;
  const said: ApiKey = { key, secretKey, permissions, revoked, needed: known?.needed ?? new Set() };
  world.apiKeys.set(key, said);
  return shown(said);
}

function readPermissions(sent: Permissions): Permissions {
  for (const [resource, level] of Object.entries(sent)) {
    if (!RESOURCES.includes(resource as Resource)) {
      throw new ControlError(400, `no such resource: ${resource}; there are ${RESOURCES.join(', ')}`);
    }
    if (!LEVELS.includes(level as Level)) {
      throw new ControlError(400, `${resource} must be one of ${LEVELS.join(', ')}`);
    }
  }
  return { ...sent };
}

function shown({ key, permissions, revoked, needed }: ApiKey): ShownKey {
  return { key: masked(key), permissions, revoked, needed: [...needed].sort() };
}
