/**
 * What is deployed: each program in one file with the packages that it uses, and chunks that several share. So bundled a
 * program starts in a third of the processor time that its thousand modules took one by one. Types are checked by
 * `npm run check`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Sources, from the project's root; `src/server.ts` becomes `dist/src/server.js`. */
export const PROGRAMS = [
  'src/server.ts',
  'workers/main.ts',
  'scripts/operate/charging.ts',
  'scripts/operate/doctor.ts',
  'scripts/operate/duecourse.ts',
  'scripts/operate/keys.ts',
  'scripts/operate/migrate.ts',
  'scripts/operate/reconcile.ts',
  'scripts/operate/restored.ts',
  'scripts/operate/review.ts',
  'scripts/operate/webhook-endpoint.ts',
];

/** These read files that lie beside them, or load a binary. */
const LEFT_OUT = ['@fastify/swagger', '@fastify/swagger-ui', 'msgpackr-extract'];

/** What packages of the older kind expect to find. */
const EXPECTED = `
import { createRequire as __createRequire } from 'node:module';
import { dirname as __dirnameOf } from 'node:path';
import { fileURLToPath as __fileOf } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileOf(import.meta.url), __dirname = __dirnameOf(__filename);`;

/** Bundles them into `dist/`. Files that are as they were stay untouched, so that another run beside this one can start them. */
export async function buildPrograms(): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const outdir = join(root, 'dist');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outbase: root,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    external: LEFT_OUT,
    banner: { js: EXPECTED },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'linked',
    logLevel: 'warning',
    write: false,
  });
  for (const { path, contents } of outputFiles) writeIfNew(path, contents);
  const made = new Set(outputFiles.map(({ path }) => basename(path)));
  for (const name of readdirSync(outdir)) {
    if (name.startsWith('chunk-') && !made.has(name)) rmSync(join(outdir, name), { force: true });
  }
}

/** Whoever starts the program meanwhile finds the file of before, or the new one whole. */
function writeIfNew(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}
