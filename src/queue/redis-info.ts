/** What a Redis (or Valkey) says of itself in `INFO` (https://redis.io/docs/latest/commands/info). */

/** One field; empty where it says nothing of it. */
export function infoField(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}

/** Whether it may take keys away, by the section `memory`. */
export function evicts(info: string): boolean {
  const policy = infoField(info, 'maxmemory_policy');
  // Without a memory limit nothing is evicted today; the policy decides what happens once somebody sets one.
  return policy !== 'noeviction' && !(policy === '' && Number(infoField(info, 'maxmemory')) === 0);
}
