/** A sound deployment as its settings say it, on real services, to break in one way after another. */
import { randomBytes } from 'node:crypto';
import Stripe from 'stripe';
import { expect, onTestFinished } from 'vitest';
import { startInbox } from '../../../sandbox/inbox.ts';
import { redisServerPath, startPrivateRedis } from '../../../sandbox/redis.ts';
import { exitCodeOf, reportText } from '../../../scripts/operate/commands/doctor.ts';
import type { Permissions } from '../../../simulator/http/permissions.ts';
import { examine, type Report } from '../../../src/doctor/examine.ts';
import type { Surroundings } from '../../../src/doctor/patient.ts';
import { readSettings } from '../../../src/doctor/settings.ts';
import { permissions } from '../../../src/doctor/stripe-permissions.ts';
import { migrateQueue } from '../../../src/queue/postgres.ts';
import { STRIPE_API_VERSION } from '../../../src/stripe/client.ts';
import { FOLLOWED_EVENT_TYPES } from '../../../src/stripe/events/followed-events.ts';
import { onServer } from '../../harness/services/on-server.ts';
import { createTestDatabase } from '../../harness/services/services.ts';
import { createWorld } from '../../harness/world.ts';

const PRODUCT_KEY = 'rk_test_product_of_the_doctor';
const SECRET = randomBytes(24).toString('hex');
const PUBLIC_URL = 'https://pay.doctor.test';
export const NOBODY_LISTENS = '127.0.0.1:1';
export const MACHINE: Surroundings = { freeBytes: async () => 2 ** 40, timeZone: () => 'UTC' };

export type Deployment = Awaited<ReturnType<typeof createDeployment>>;

/** Changes of its settings; an empty one is not set. */
export type Changes = Readonly<Record<string, string>>;

/** Starts one; close it after the file. Without a Redis on this machine its queue is on Postgres. */
export async function createDeployment() {
  const [world, inbox, redis] = await Promise.all([
    createWorld({ productKey: PRODUCT_KEY }),
    startInbox(),
    redisServerPath() === null ? null : startPrivateRedis(),
  ]);
  await migrateQueue(world.databaseUrl);
  const permit = (given: Permissions, revoked = false) =>
    world.simulator.control.key(world.secretKey, { key: PRODUCT_KEY, permissions: given, revoked });
  await permit(EVERYTHING);
  const { hostname: host, port } = new URL(world.simulator.url);
  const account = { host, port, protocol: 'http', apiVersion: STRIPE_API_VERSION } as const;
  const dashboard = new Stripe(world.secretKey, account);
  const makeEndpoint = () =>
    dashboard.webhookEndpoints.create({
      url: `${PUBLIC_URL}/webhooks/stripe`,
      enabled_events: [...FOLLOWED_EVENT_TYPES] as Stripe.WebhookEndpointCreateParams['enabled_events'],
      api_version: STRIPE_API_VERSION,
    });
  const { id: endpoint } = await makeEndpoint();
  const env: Changes = {
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: redis?.url ?? '',
    STRIPE_SECRET_KEY: PRODUCT_KEY,
    STRIPE_PUBLISHABLE_KEY: 'pk_test_doctor',
    STRIPE_WEBHOOK_SECRETS: `whsec_${SECRET}`,
    STRIPE_API_URL: world.simulator.url,
    PUBLIC_URL,
    LINK_KEYS: `k1:${SECRET}`,
    SMTP_URL: inbox.smtp_url,
    MAIL_FROM: 'Powerline <billing@powerline.test>',
    MERCHANT_NAME: 'Powerline',
    MERCHANT_SUPPORT_EMAIL: 'help@powerline.test',
  };
  const close = async () => {
    await Promise.all([inbox.close(), redis?.stop()]);
    await world.close();
  };
  const examined = (changes: Changes = {}, machine = MACHINE) =>
    examinedWith({ ...env, ...changes }, machine);
  /** Fails unless the report blames these alone, says the way out, and exits so. */
  const expectBlame = async (changes: Changes, blame: string | string[], way_out: RegExp, code = 1) => {
    const { report, text, exit_code } = await examined(changes);
    expect(blamed(report), text).toEqual([blame].flat());
    expect(text).toMatch(way_out);
    expect(exit_code).toBe(code);
    return report;
  };
  return { world, inbox, dashboard, endpoint, makeEndpoint, env, permit, examined, expectBlame, close };
}

/** What docs/deploy.md permits, by the doctor's own table, which `restricted-key.test.ts` holds against it. */
export const EVERYTHING: Permissions = Object.fromEntries(
  permissions.map(({ name }) => {
    const [, resource = '', level = ''] = /^(.*)_(read|write)$/.exec(name) ?? [];
    return [resource, level];
  }),
);

async function examinedWith(env: Changes, machine: Surroundings) {
  const settings = readSettings(env);
  const report = await examine(settings, machine);
  const text = `${reportText(report)}\n${JSON.stringify(report)}`;
  for (const [name, value] of Object.entries(env))
    if (value.length > 12 && name !== 'MERCHANT_NAME') expect(text).not.toContain(value);
  for (const secret of [SECRET, PRODUCT_KEY]) expect(text).not.toContain(secret);
  return { report, text, exit_code: exitCodeOf(settings, report) };
}

/** The failing checks with their settings. */
export function blamed({ checks }: Report): string[] {
  return checks.flatMap((finding) =>
    finding.state === 'wrong' ? finding.problems.map(({ setting }) => `${finding.check} ${setting}`) : [],
  );
}

/** A migrated database of its own, broken by `work`, until the test is over. */
export async function databaseWith(work: (sql: Sql, name: string) => Promise<unknown>): Promise<string> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await onServer(database.url, (sql) => work(sql, new URL(database.url).pathname.slice(1)));
  return database.url;
}

type Sql = Parameters<Parameters<typeof onServer>[1]>[0];
