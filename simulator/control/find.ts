import type { Account, Context, World } from '../world/world.ts';

/** A control call that cannot be carried out: unknown id, or the object is in the wrong state. */
export class ControlError extends Error {
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** The row with an id, whichever account has it. */
export function find<R>(
  world: World,
  what: string,
  id: string,
  tableOf: (account: Account) => Map<string, R>,
): { row: R; context: Context } {
  for (const account of world.accounts.values()) {
    const row = tableOf(account).get(id);
    if (row !== undefined) return { row, context: { world, account, request: null } };
  }
  throw new ControlError(404, `no such ${what}: ${id}`);
}
