import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whoever asks `services.ts` for one of these has to do with the queue, and so has whoever imports them. */
const ASKS = /\b(?:queueBackend|redisUrl|wipeRedis|markStartsWorker)\b/;
const IMPORT = /^import (?<names>[^;]*?) from '(?<from>\.[^']+)';$/gms;

/**
 * Paths of the test files below `folder` in which the queue takes part, found by what they import: only those can
 * tell one queue backend from another.
 */
export function queueUsers(folder: string): string[] {
  const known = new Map<string, boolean>();
  const isUser = (path: string): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    // Until it is known: files may import each other's types in a circle.
    known.set(path, false);
    const imports = [...readFileSync(path, 'utf8').matchAll(IMPORT)].map(({ groups }) => ({
      names: groups?.names ?? '',
      path: join(dirname(path), groups?.from ?? ''),
    }));
    const uses = imports.some(
      (each) =>
        (each.path.endsWith('harness/services/services.ts') && ASKS.test(each.names)) ||
        (each.path.startsWith('test/') && existsSync(each.path) && isUser(each.path)),
    );
    known.set(path, uses);
    return uses;
  };
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name))
    .filter(isUser);
}
