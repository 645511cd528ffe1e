/** Dockerfile, docker-compose.yml and docs/deploy.md against the code that they start. No engine is asked. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PROGRAMS } from '../../scripts/build/programs.ts';
import { loadConfig, loadMigration, VARIABLES } from '../../src/platform/config.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { STRIPE_API_VERSION } from '../../src/stripe/client.ts';
import { FOLLOWED_EVENT_TYPES } from '../../src/stripe/events/followed-events.ts';
import { POSTGRES_IMAGE, VALKEY_IMAGE } from '../harness/services/provision.ts';

type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly deploy?: { readonly replicas: string };
};

const read = (path: string): string => readFileSync(path, 'utf8');
const compose = read('docker-compose.yml');
const { services, secrets, networks } = parse(compose, { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, { readonly file: string }>;
  networks: Record<string, { readonly internal?: boolean } | null>;
};
const dockerfile = read('Dockerfile');
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

const OURS = ['api', 'worker', 'migrate'];
/** What only Compose itself reads. */
const COMPOSE_ONLY = ['API_PORT', 'DUECOURSE_VERSION', 'MAILPIT_PORT', 'WORKERS'];
const REFERENCE = /\$\{([A-Z_]+)(?::([?-])([^}]*))?\}/g;

const references = [...compose.matchAll(REFERENCE)].map(([, name = '', kind = '', word = '']) => ({
  name,
  kind,
  word,
}));
const demanded = [...new Set(references.filter(({ kind }) => kind === '?').map(({ name }) => name))];

/** The `.env` that docs/deploy.md shows. */
const shown = Object.fromEntries(
  [
    ...(/```\n(STRIPE_PUBLISHABLE_KEY=[^`]*)```/.exec(read('docs/deploy.md'))?.[1] ?? '').matchAll(
      /^([A-Z_]+)=(.*)$/gm,
    ),
  ].map(([, name = '', value = '']) => [name, value]),
);

function environmentOf(service: Service | undefined, given: Record<string, string>): Record<string, string> {
  const entries = Object.entries(service?.environment ?? {}).map(([name, value]) => [
    name,
    String(value).replace(
      REFERENCE,
      (_all, of: string, kind, word) => given[of] || (kind === '-' ? word : ''),
    ),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The same with a live key, and what stands in the files of secrets. */
const FILLED = { ...shown, STRIPE_PUBLISHABLE_KEY: 'pk_live_1' };
const RANDOM = 'q7Jx0Zt4mVb2Lk9Rw5Hs8Yd1Gc6Nf3Pa';
const SECRETS: Readonly<Record<string, string>> = {
  postgres_password: RANDOM,
  postgres_app_password: RANDOM,
  valkey_password: RANDOM,
  stripe_secret_key: 'rk_live_1',
  stripe_webhook_secrets: `whsec_${RANDOM}`,
  link_keys: `k1:${RANDOM}`,
  smtp_url: 'smtps://user:password@mail.example',
};

/** The environment with the values of the secrets that the service is given, in place of their files. */
function inPlace(service: Service | undefined, held = SECRETS): Record<string, string> {
  const entries = Object.entries(environmentOf(service, FILLED)).map(([name, value]) => {
    const secret = /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? '';
    if (!name.endsWith('_FILE')) return [name, value];
    expect(service?.secrets).toContain(secret);
    return [name.replace(/_FILE$/, ''), held[secret] ?? ''];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The lines of the Dockerfile, continued ones as one. */
const instructions = dockerfile
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => ({ name: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
const of = (name: string): string[] =>
  instructions.filter((each) => each.name === name).map(({ rest }) => rest);

/** Where the built file comes from, or null for what the image does not have. */
function sourceOf(built: string): string | null {
  const source = built.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  return existsSync(source) && PROGRAMS.includes(source) ? source : null;
}

describe('docker-compose.yml', () => {
  test('gives our processes variables that they know, and all that they need', () => {
    for (const name of OURS) {
      const unknown = Object.keys(inPlace(services[name])).filter(
        (variable) => !(VARIABLES as string[]).includes(variable),
      );
      expect(unknown).toEqual([]);
    }
    for (const name of ['api', 'worker'])
      expect(loadConfig(inPlace(services[name]))).toMatchObject({
        testMode: false,
        livemode: true,
        host: '0.0.0.0',
        servesMetrics: false,
        databaseUrl: `postgres://duecourse_app:${RANDOM}@postgres:5432/duecourse`,
        redisUrl: `redis://:${RANDOM}@valkey:6379`,
      });
  });

  test('lets nobody but migrate own the tables, and gives it nothing else', () => {
    expect(loadMigration(inPlace(services.migrate))).toEqual({
      databaseUrl: `postgres://duecourse:${RANDOM}@postgres:5432/duecourse`,
      appRole: 'duecourse_app',
      queueHere: false,
    });
    expect(services.migrate?.secrets).toEqual(['postgres_password']);
    expect(read('ops/postgres-app-role.sh')).toContain('create role duecourse_app login');
    for (const name of ['api', 'worker']) expect(services[name]?.secrets).not.toContain('postgres_password');
  });

  test('keeps the stores on a network that leads nowhere, and a password before each', () => {
    expect(networks.stores).toEqual({ internal: true });
    for (const name of ['postgres', 'valkey', 'migrate'])
      expect(services[name]?.networks).toEqual(['stores']);
    expect(services.valkey?.command?.join(' ')).toContain('requirepass');
    expect(services.postgres?.environment?.POSTGRES_PASSWORD_FILE).toBe('/run/secrets/postgres_password');
  });

  test('with a live key does not start while mail goes to the catcher', () => {
    const trial = { ...SECRETS, smtp_url: 'smtp://mailpit:1025' };
    expect(() => loadConfig(inPlace(services.worker, trial))).toThrow('at SMTP_URL');
    const test = { ...trial, stripe_secret_key: 'rk_test_1' };
    const env = { ...inPlace(services.worker, test), STRIPE_PUBLISHABLE_KEY: 'pk_test_1' };
    expect(loadConfig(env).smtp).toMatchObject({ host: 'mailpit', requireTls: false });
  });

  test('holds no secret: each is a file, and docs/deploy.md shows how to make it', () => {
    const known = [...VARIABLES, ...COMPOSE_ONLY];
    expect(references.filter(({ name }) => !known.includes(name))).toEqual([]);
    expect(Object.keys(shown).sort()).toEqual(demanded.sort());
    expect(Object.keys(secrets).sort()).toEqual(Object.keys(SECRETS).sort());
    for (const [name, { file }] of Object.entries(secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(read('docs/deploy.md')).toContain(name);
    }
    expect(read('.gitignore').split('\n')).toEqual(expect.arrayContaining(['.env', 'secrets/']));
    expect(compose).not.toMatch(/(?:sk|rk|pk)_(?:live|test)_|whsec_|PASSWORD: [^$\s]/);
  });

  test('starts what is built and what package.json starts', () => {
    const commands = OURS.map((name) => services[name]?.command ?? []);
    expect(commands.map(([program, file]) => [program, sourceOf(file ?? '') !== null])).toEqual(
      OURS.map(() => ['node', true]),
    );
    for (const [name, script] of [
      ['api', 'start'],
      ['worker', 'worker'],
      ['migrate', 'migrate'],
    ] as const)
      expect(scripts[script]?.replace('--import ./scripts/env-file.mjs ', '')).toContain(
        services[name]?.command?.join(' '),
      );
  });

  test('waits for the schema, and for services that tell of their health', () => {
    for (const name of ['api', 'worker']) {
      expect(services[name]?.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        valkey: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
      expect(services[name]?.healthcheck).toBeUndefined();
    }
    for (const name of ['postgres', 'valkey']) expect(services[name]?.healthcheck?.test?.[0]).toMatch(/^CMD/);
  });

  test('gives a process longer to stop than it takes', () => {
    for (const name of ['api', 'worker'])
      expect(Number.parseInt(services[name]?.stop_grace_period ?? '0', 10) * 1_000).toBeGreaterThan(
        productionTimings.stopDeadlineMs,
      );
  });

  test('keeps the queue from evicting, and publishes nothing beyond this machine', () => {
    const valkey = services.valkey?.command?.join(' ');
    expect(valkey).toContain('--maxmemory-policy noeviction');
    expect(valkey).toContain('--appendonly yes');
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('pins every image, and deploys what the tests run on where they run in containers', () => {
    const images = Object.values(services).map(({ image }) => image);
    expect(images.filter((image) => !/:v?\d+\.\d+(?:\.\d+)?\b|:\$\{DUECOURSE_VERSION/.test(image))).toEqual(
      [],
    );
    expect([services.postgres?.image, services.valkey?.image]).toEqual([POSTGRES_IMAGE, VALKEY_IMAGE]);
  });
});

describe('the Dockerfile', () => {
  test('builds and runs on one pinned Node 24', () => {
    const images = of('FROM').map((rest) => rest.split(' ')[0]);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:24\.\d+\.\d+-/);
  });

  test('runs as nobody special, without a shell: node is told of SIGTERM itself', () => {
    const names = instructions.map(({ name }) => name);
    expect(names.indexOf('USER')).toBeGreaterThan(names.lastIndexOf('COPY'));
    expect(of('USER')).toEqual(['node']);
    for (const run of [
      ...of('RUN'),
      ...of('CMD'),
      ...of('HEALTHCHECK').map((rest) => rest.replace(/^.*?CMD /, '')),
    ])
      expect(JSON.parse(run)).toEqual(expect.arrayContaining([expect.any(String)]));
    expect(JSON.parse(of('CMD')[0] ?? '[]')).toEqual(services.api?.command);
    expect(of('STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  test('copies what there is and what .dockerignore lets in', () => {
    const ignored = read('.dockerignore');
    const copied = of('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) =>
        rest
          .split(' ')
          .slice(0, -1)
          .map((path) => path.replace(/^\.\//, '')),
      );
    expect(copied.filter((path) => !existsSync(path) || !ignored.includes(`\n!${path}\n`))).toEqual([]);
    expect(copied).toEqual(expect.arrayContaining(['migrations', 'package-lock.json', 'src', 'workers']));
  });

  test('asks for life where the processes tell of it', () => {
    const [check = ''] = of('HEALTHCHECK');
    expect(check).toContain('/livez');
    for (const [, name = ''] of check.matchAll(/process\.env\.([A-Z_]+)/g)) expect(VARIABLES).toContain(name);
  });
});

describe('docs/deploy.md', () => {
  const text = read('docs/deploy.md');

  test('names the event types that are followed, and no others', () => {
    const [, list = ''] = /API version `([\s\S]*?\n```\n[\s\S]*?)\n```/.exec(text) ?? [];
    const [version = '', types = ''] = list.split(/`[\s\S]*?\n```\n/);
    expect(version).toBe(STRIPE_API_VERSION);
    expect(types.split('\n').sort()).toEqual([...FOLLOWED_EVENT_TYPES].sort());
  });

  test('names variables, commands and files that there are', () => {
    const dist = [...text.matchAll(/dist\/[\w/-]+\.js/g)].map(([path]) => path);
    expect(dist.filter((path) => sourceOf(path) === null)).toEqual([]);
    const variables = [...text.matchAll(/`([A-Z][A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
    const known = [...VARIABLES, ...COMPOSE_ONLY, 'NODE_EXTRA_CA_CERTS'] as string[];
    expect(variables.filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual([]);
    const links = [...text.matchAll(/\]\(\.\.\/([\w./-]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});
