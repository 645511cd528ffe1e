/**
 * `npm run webhook-endpoint [-- --url <address>]`: has Stripe send the events that we follow, and no others, to this
 * deployment: makes the endpoint, or changes the one that is there. The address is `PUBLIC_URL` with `/webhooks/stripe`. A
 * new endpoint's secret is printed once, for `STRIPE_WEBHOOK_SECRETS`. Exit 0 if the endpoint is as it should be then.
 * `--json` for programs.
 */
import { parseArgs } from 'node:util';
import {
  type KeptEndpoint,
  keepWebhookEndpoint,
} from '../../../src/billing/janitor/keep-webhook-endpoint.ts';
import { withFiles } from '../../../src/platform/config.ts';
import { unreachable } from '../../../src/platform/errors.ts';
import { readInstance } from '../../../src/store/postgres/instance.ts';
import { misused, type OperatorCommand, printer } from '../operator-command.ts';
import { atPlace, findPlace } from '../stripe-place.ts';

const USAGE = `usage:
  webhook-endpoint [--url <address, by default PUBLIC_URL with /webhooks/stripe>]
with --json the last line of the output is one JSON object`;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { url: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const place = findPlace('webhook-endpoint', process.env);
  const url = addressOf(values.url, place.livemode);
  const kept = await atPlace('webhook-endpoint', place, async ({ sql, stripe }) => {
    const { instance_id } = await readInstance(sql);
    return keepWebhookEndpoint({ stripe, instance_id, url });
  });
  printer(values.json)({ url, ...kept }, `${url}\n${saying(kept)}`);
  process.exitCode = ['right', 'created', 'changed'].includes(kept.outcome) ? 0 : 1;
}

function addressOf(given: string | undefined, livemode: boolean): string {
  const base = withFiles(process.env).PUBLIC_URL;
  const address = given ?? (base === undefined ? '' : `${base.replace(/\/+$/, '')}/webhooks/stripe`);
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) throw misused(USAGE);
  if (livemode && !address.startsWith('https:')) throw misused('Stripe sends live events to https:// only');
  return address;
}

function saying(kept: KeptEndpoint): string {
  switch (kept.outcome) {
    case 'right':
      return `${kept.id} sends what we follow and nothing else.`;
    case 'created':
      return (
        `${kept.id} is made. Stripe shows its secret this once: put it first in STRIPE_WEBHOOK_SECRETS,\n` +
        `and restart the API.\n${kept.secret}`
      );
    case 'changed':
      return `${kept.id} is changed: ${[...kept.added.map((type) => `+${type}`), ...kept.removed.map((type) => `-${type}`)].join(' ') || 'enabled'}`;
    case 'secret_unseen':
      return `${kept.id} is there, but the answer that held its secret was lost. Reveal it in Stripe's dashboard.`;
    case 'other_version':
      return (
        `${kept.id} sends events in version ${kept.api_version ?? "of the account's default"}, which we do not read, and\n` +
        'Stripe does not change that. Delete it in the dashboard and run this again.'
      );
    case 'several':
      return `${kept.ids.join(', ')} all send to this address. Delete all but one in the dashboard.`;
    case 'unanswered':
      return `Stripe did not answer (${kept.code}). Run this again.`;
    case 'refused':
      return `Stripe refused (${kept.code}). Does the key have Webhook Endpoints: Write?`;
    default:
      return unreachable(kept);
  }
}

export const webhookEndpointCommand: OperatorCommand = { usage: USAGE, run: main };
