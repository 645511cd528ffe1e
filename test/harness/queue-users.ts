import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that asks `services.ts` for one of these uses the queue, and so does every file that imports it. */
const ASKS = /\b(?:queueBackend|redisUrl|wipeRedis|markStartsWorker)\b/;
const IMPORT = /^import (?<names>[^;]*?) from '(?<from>\.[^']+)';$/gms;

/**
 * Paths of the test files below `folder` that use the queue, found by their imports: only those can differ from one
 * queue backend to the other.
 */
export function queueUsers(folder: string): string[] {
  const known = new Map<string, boolean>();
  const isUser = (path: string): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    // Until the answer is known: files may import each other's types in a circle.
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
