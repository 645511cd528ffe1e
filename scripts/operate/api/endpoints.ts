import { Command } from 'commander';
import { answerOf } from '../../../clients/typescript/src/client.ts';
import type { components } from '../../../clients/typescript/src/generated/schema.ts';
import { acts, keyed, show, showPage, withPage } from './call.ts';
import { sent } from './customers.ts';

type Endpoint = components['schemas']['WebhookEndpoint'];

/** `duecourse endpoints …` */
export function endpointsCommand(): Command {
  const endpoints = new Command('endpoints').description('where events are sent');
  endpoints.addCommand(createCommand()).addCommand(rotateCommand());

  const list = withPage(endpoints.command('list').description('list webhook endpoints, newest first'));
  acts(list, async ({ client, print }, { limit, cursor }: { limit?: number; cursor?: string }) => {
    const query = sent({ limit, cursor });
    showPage(print, await client.GET('/v1/webhook_endpoints', { params: { query } }), lineOf);
  });

  acts(
    endpoints.command('delete').description('end an endpoint, and what is owed to it').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(
        print,
        await client.DELETE('/v1/webhook_endpoints/{id}', { params: { path: { id } } }),
        () => `${id}  deleted`,
      ),
  );

  acts(
    endpoints.command('test').description('send a test event; exit 1 if it was not taken').argument('<id>'),
    async ({ client, print }, id: string) => {
      const tested = answerOf(
        await client.POST('/v1/webhook_endpoints/{id}/test', { params: { path: { id } } }),
      );
      const { delivered, status, code, duration_ms } = tested;
      const told = [delivered ? 'delivered' : 'not delivered', status, code, `${duration_ms} ms`];
      print(tested, told.filter((one) => one !== null).join('  '));
      process.exitCode = delivered ? 0 : 1;
    },
  );

  return endpoints;
}

type Created = { url: string; events: string; description?: string; key?: string };

function createCommand(): Command {
  const create = new Command('create')
    .description('have events sent to an address; shows the secret, this once')
    .requiredOption('--url <address>', 'https:// and public')
    .option('--events <types>', 'such as charge.*,setup.succeeded', '*')
    .option('--description <words>', 'for you to know it by')
    .option('--key <key>', 'the Idempotency-Key; the same again makes nothing new');
  return acts(create, async ({ client, print }, { url, events, description, key }: Created) => {
    const body = { url, events: events.split(','), ...sent({ description }) };
    const made = await client.POST('/v1/webhook_endpoints', { params: keyed(key), body });
    show(
      print,
      made,
      (endpoint) => `${lineOf(endpoint)}\n${endpoint.secret ?? 'made before: its secret is not shown again'}`,
    );
  });
}

function rotateCommand(): Command {
  const rotate = new Command('rotate-secret')
    .description('make a new secret; shows it, this once')
    .argument('<id>')
    .option('--overlap-hours <n>', 'for so long the secrets before sign beside it', Number)
    .option('--key <key>', 'the Idempotency-Key; the same again makes nothing new');
  type Rotated = { overlapHours?: number; key?: string };
  return acts(rotate, async ({ client, print }, id: string, { overlapHours, key }: Rotated) => {
    const params = { path: { id }, ...keyed(key) };
    const body = sent({ overlap_hours: overlapHours });
    const rotated = await client.POST('/v1/webhook_endpoints/{id}/rotate_secret', { params, body });
    show(print, rotated, ({ secret }) => secret ?? 'rotated before: the secret is not shown again');
  });
}

type Replayed = { endpoint: string; from?: string; event?: string; newestOnly?: true; key?: string };

/** `duecourse events replay` */
export function replayCommand(): Command {
  const replay = new Command('replay')
    .description('send events to an endpoint again: one, or everything from a time on')
    .requiredOption('--endpoint <id>', 'where to')
    .option('--from <time>', 'everything from this time on, such as 2026-11-01T00:00:00Z')
    .option('--event <id>', 'this event')
    .option('--newest-only', 'of each object only the newest event')
    .option('--key <key>', 'the Idempotency-Key; the same again sends nothing more');
  return acts(replay, async ({ client, print }, { endpoint: id, newestOnly, key, from, event }: Replayed) => {
    const params = { path: { id }, ...keyed(key) };
    const body = sent({ from, event, newest_only: newestOnly });
    show(print, await client.POST('/v1/webhook_endpoints/{id}/replay', { params, body }), lineOf);
  });
}

function lineOf({ id, status, disabled_reason, url, events, replaying }: Endpoint): string {
  const told = [id, status, disabled_reason, url, events.join(','), replaying ? 'replaying' : null];
  return told.filter(Boolean).join('  ');
}
