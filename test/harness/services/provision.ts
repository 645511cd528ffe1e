/**
 * Real services for tests: at the address given in the environment, or in a container, or from a local binary. All
 * projects of one run share them.
 */

import { startEmbeddedPostgres } from '../../../sandbox/postgres.ts';
import { redisServerPath, startPrivateRedis } from '../../../sandbox/redis.ts';
import { dockerAnswers } from './docker.ts';

/** The images that docker-compose.yml deploys; a test compares them. */
export const POSTGRES_IMAGE = 'postgres:18.6-trixie';
export const VALKEY_IMAGE = 'valkey/valkey:8.1.10-alpine';

export interface Provisioned {
  readonly url: string;
  /** Printed, so that a failure can be traced to its service. */
  readonly source: string;
  stop(): Promise<void>;
}

// A first pull of an image takes time; the engine itself has answered before.
const CONTAINER_START_MS = 120_000;

/** A Postgres on which databases may be created. */
export async function provisionPostgres(): Promise<Provisioned> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, source: 'TEST_DATABASE_URL', stop: async () => {} };
  return (await postgresContainer()) ?? (await embeddedPostgres());
}

/**
 * A Redis that may be flushed.
 *
 * @throws AppError `redis_missing` when this machine has none
 */
export async function provisionRedis(): Promise<Provisioned> {
  const given = process.env.TEST_REDIS_URL;
  if (given) return { url: given, source: 'TEST_REDIS_URL', stop: async () => {} };
  const container = await redisContainer();
  if (container) return container;
  const redis = await startPrivateRedis();
  return { url: redis.url, source: 'a private redis-server', stop: redis.stop };
}

/** Whether `provisionRedis` has anything to try. */
export async function isRedisAvailable(): Promise<boolean> {
  return Boolean(process.env.TEST_REDIS_URL || redisServerPath() || (await dockerAnswers()));
}

async function embeddedPostgres(): Promise<Provisioned> {
  const postgres = await startEmbeddedPostgres({ durable: false, log: () => {} });
  return { url: postgres.url, source: 'embedded Postgres', stop: postgres.stop };
}

async function postgresContainer(): Promise<Provisioned | null> {
  return startContainer(POSTGRES_IMAGE, 5432, {
    environment: { POSTGRES_PASSWORD: 'test' },
    command: ['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'],
    readyLine: /database system is ready to accept connections/,
    // The image starts once to initialise itself, and then for good.
    readyTimes: 2,
    address: (authority) => `postgres://postgres:test@${authority}/postgres`,
  });
}

async function redisContainer(): Promise<Provisioned | null> {
  return startContainer(VALKEY_IMAGE, 6379, {
    environment: {},
    command: ['valkey-server', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'],
    readyLine: /Ready to accept connections/,
    readyTimes: 1,
    address: (authority) => `redis://${authority}`,
  });
}

interface ContainerRecipe {
  readonly environment: Record<string, string>;
  readonly command: string[];
  readonly readyLine: RegExp;
  readonly readyTimes: number;
  readonly address: (authority: string) => string;
}

async function startContainer(
  image: string,
  port: number,
  recipe: ContainerRecipe,
): Promise<Provisioned | null> {
  if (!(await dockerAnswers())) return null;
  try {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer(image)
      .withEnvironment(recipe.environment)
      .withCommand(recipe.command)
      .withExposedPorts(port)
      .withWaitStrategy(Wait.forLogMessage(recipe.readyLine, recipe.readyTimes))
      .withStartupTimeout(CONTAINER_START_MS)
      .start();
    return {
      url: recipe.address(`${container.getHost()}:${container.getMappedPort(port)}`),
      source: `container ${image}`,
      stop: async () => void (await container.stop()),
    };
  } catch {
    // Docker answers, but cannot give us the image: a local binary is as good.
    return null;
  }
}
