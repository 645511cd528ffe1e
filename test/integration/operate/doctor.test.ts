/** `npm run doctor`: a sound deployment, and one broken in each way that there is, on real services in one process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { permissions } from '../../../src/doctor/stripe-permissions.ts';
import { FOLLOWED_EVENT_TYPES } from '../../../src/stripe/events/followed-events.ts';
import {
  blamed,
  createDeployment,
  type Deployment,
  EVERYTHING,
  MACHINE,
  NOBODY_LISTENS,
} from './doctor-world.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await createDeployment();
});
afterAll(() => deployment.close());

const expectBlame: Deployment['expectBlame'] = (...given) => deployment.expectBlame(...given);

test('a sound deployment has nothing wrong, on either belt', async () => {
  for (const REDIS_URL of new Set([deployment.env.REDIS_URL ?? '', ''])) {
    const { report, text, exit_code } = await deployment.examined({ REDIS_URL });
    expect(
      report.checks.filter(({ state }) => state !== 'ok'),
      text,
    ).toEqual([]);
    expect([report.ok, exit_code]).toEqual([true, 0]);
  }
  expect(await deployment.dashboard.refunds.list()).toMatchObject({ data: [] });
  expect(deployment.inbox.messages()).toEqual([]);
});

describe('settings', () => {
  test('that are missing or wrong are all told at once, and nothing else is looked at', async () => {
    const changes = { MERCHANT_NAME: '', SMTP_URL: 'mail', PORT: 'web' };
    const wrong = ['settings SMTP_URL', 'settings MERCHANT_NAME', 'settings PORT'];
    const report = await expectBlame(changes, wrong, /Set MERCHANT_NAME[\s\S]*Correct PORT/, 2);
    expect(report.checks.filter(({ state }) => state === 'ok')).toEqual([]);
  });

  test.each<[string, Record<string, string>, string, RegExp, number?]>([
    [
      'a pk of the other mode',
      { STRIPE_PUBLISHABLE_KEY: 'pk_live_x' },
      'settings STRIPE_PUBLISHABLE_KEY',
      /same mode/,
    ],
    [
      'a live key without https',
      live({ PUBLIC_URL: 'http://pay.doctor.test' }),
      'settings PUBLIC_URL',
      /must be https/,
    ],
    [
      'a file that is not there',
      { MAIL_FROM: '', MAIL_FROM_FILE: '/nowhere' },
      'settings MAIL_FROM_FILE',
      /may read/,
      2,
    ],
    [
      'an example for a secret',
      { LINK_KEYS: `k1:replace-me-${'x'.repeat(32)}` },
      'settings.secrets LINK_KEYS',
      /openssl/,
    ],
    [
      'a webhook secret of zeros',
      { STRIPE_WEBHOOK_SECRETS: `whsec_${'0'.repeat(32)}` },
      'settings.secrets STRIPE_WEBHOOK_SECRETS',
      /dashboard/,
    ],
    [
      'a debit that is none',
      { DEBIT_LIMITS: 'giro:500' },
      'settings.debits DEBIT_LIMITS',
      /giro is no scheme/,
    ],
    [
      'an example for an address',
      { PUBLIC_URL: 'https://pay.example.com' },
      'settings.public_url PUBLIC_URL',
      /your proxy/,
    ],
  ])('%s', async (_what, changes, blame, way_out, code) => {
    await expectBlame(changes, blame, way_out, code);
  });

  test('a machine without a time zone, and with a full disk', async () => {
    const zoneless = { ...MACHINE, timeZone: () => undefined };
    expect(blamed((await deployment.examined({}, zoneless)).report)).toEqual(['machine.time_zone TZ']);
    const full = { ...MACHINE, freeBytes: async () => 1_000 };
    expect(blamed((await deployment.examined({}, full)).report)).toEqual(['machine.disk disk']);
  });
});

/** A live key, and what goes with it. */
function live(changes: Record<string, string>): Record<string, string> {
  return {
    STRIPE_SECRET_KEY: 'sk_live_doctor',
    STRIPE_PUBLISHABLE_KEY: 'pk_live_doctor',
    STRIPE_API_URL: '',
    PRIVATE_HOSTS: '127.0.0.1',
    ...changes,
  };
}

describe('Stripe', () => {
  test('that is away, or refuses our version', async () => {
    const away = { STRIPE_API_URL: `http://${NOBODY_LISTENS}` };
    const report = await expectBlame(away, 'stripe.reachable STRIPE_API_URL', /Start the simulator/);
    expect(report.checks.filter(({ state }) => state === 'skipped')).toHaveLength(permissions.length + 3);
    const server = createServer((_request, response) => {
      const error = { type: 'invalid_request_error', message: 'Invalid Stripe API version' };
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const older = { STRIPE_API_URL: `http://127.0.0.1:${port}` };
    await expectBlame(older, 'stripe.api_version STRIPE_API_URL', /Upgrade/);
  });

  test('whose key was revoked', async () => {
    await deployment.permit(EVERYTHING, true);
    onTestFinished(async () => void (await deployment.permit(EVERYTHING)));
    await expectBlame({}, 'stripe.key STRIPE_SECRET_KEY', /Take a key/);
  });

  test.each(permissions)('whose key lacks $name', async ({ name, at_stripe }) => {
    const [, resource = '', level] = /^(.*)_(read|write)$/.exec(name) ?? [];
    await deployment.permit({ ...EVERYTHING, [resource]: level === 'write' ? 'read' : 'none' });
    onTestFinished(async () => void (await deployment.permit(EVERYTHING)));
    const blame = `stripe.permission.${name} STRIPE_SECRET_KEY`;
    const report = await expectBlame({}, blame, new RegExp(at_stripe));
    expect(report.checks.filter(({ state }) => state === 'skipped')).toHaveLength(
      name === 'webhook_read' ? 1 : 0,
    );
  });

  test('without an endpoint of ours, with one too few types, too many, disabled, or two', async () => {
    const blame = 'stripe.webhook_endpoint PUBLIC_URL';
    await expectBlame({ PUBLIC_URL: 'https://elsewhere.doctor.test' }, blame, /npm run webhook-endpoint/);
    const change = (params: Stripe.WebhookEndpointUpdateParams) =>
      deployment.dashboard.webhookEndpoints.update(deployment.endpoint, params);
    const types = (given: readonly string[]) =>
      change({ enabled_events: [...given] as Stripe.WebhookEndpointCreateParams['enabled_events'] });
    onTestFinished(async () => {
      await types(FOLLOWED_EVENT_TYPES);
      await change({ disabled: false });
    });
    await types(FOLLOWED_EVENT_TYPES.slice(1));
    await expectBlame({}, blame, new RegExp(`does not send ${FOLLOWED_EVENT_TYPES[0]}`));
    await types(['*']);
    await expectBlame({}, blame, /what nobody reads: \*/);
    await types(FOLLOWED_EVENT_TYPES);
    await change({ disabled: true });
    await expectBlame({}, blame, /disabled/);
    await change({ disabled: false });
    const { id } = await deployment.makeEndpoint();
    await expectBlame({}, blame, /2 webhook endpoints/);
    await deployment.dashboard.webhookEndpoints.del(id);
  });
});

describe('the mail server', () => {
  test('that is stopped', async () => {
    await expectBlame({ SMTP_URL: `smtp://${NOBODY_LISTENS}` }, 'mail.login SMTP_URL', /Start it/);
  });

  test('that refuses the login', async () => {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      logger: false,
      onAuth: (_auth, _session, done) => done(new Error('no')),
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const { port } = server.server.address() as AddressInfo;
    const SMTP_URL = `smtp://billing:canary-password@127.0.0.1:${port}`;
    await expectBlame({ SMTP_URL }, 'mail.login SMTP_URL', /Correct user and password/);
  });
});
