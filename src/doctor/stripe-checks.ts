import type { Answer } from '../stripe/answer.ts';
import { outcomeOf } from '../stripe/call.ts';
import { STRIPE_API_VERSION } from '../stripe/client.ts';
import { FOLLOWED_EVENT_TYPES } from '../stripe/events/followed-events.ts';
import { listWebhookEndpoints, type WebhookEndpoint } from '../stripe/events/webhook-endpoints.ts';
import type { Check, Problem } from './check.ts';
import type { Patient } from './patient.ts';
import { type Permission, permissions } from './stripe-permissions.ts';

const SETTING = 'STRIPE_SECRET_KEY';
const REACHABLE = 'stripe.reachable';
const KEY = 'stripe.key';

export const stripeChecks: readonly Check<Patient>[] = [
  { name: REACHABLE, setting: SETTING, after: [], look: reachable },
  { name: KEY, setting: SETTING, after: [REACHABLE], look: key },
  { name: 'stripe.api_version', setting: 'STRIPE_API_URL', after: [KEY], look: apiVersion },
  ...permissions.map(permissionCheck),
  {
    name: 'stripe.webhook_endpoint',
    setting: 'PUBLIC_URL',
    after: ['settings.public_url', 'stripe.permission.webhook_read'],
    look: webhookEndpoint,
  },
];

function problem(wrong: string, way_out: string, setting = SETTING): Problem[] {
  return [{ setting, wrong, way_out }];
}

/** Whether an answer says nothing of what was asked. */
function isUnanswered(answer: Answer<unknown>): boolean {
  return answer.kind === 'indeterminate' || outcomeOf(answer) === 'rate_limited';
}

async function reachable({ greeting, config }: Patient): Promise<Problem[]> {
  const answer = await greeting();
  if (!isUnanswered(answer)) return [];
  const wrong = `Stripe does not answer (${outcomeOf(answer)})`;
  return config.stripeApiUrl === null
    ? problem(wrong, 'Let this machine reach api.stripe.com at port 443; look at status.stripe.com.')
    : problem(wrong, 'Start the simulator, or leave STRIPE_API_URL empty.', 'STRIPE_API_URL');
}

async function key({ greeting }: Patient): Promise<Problem[]> {
  if (outcomeOf(await greeting()) !== 'unauthenticated') return [];
  return problem(
    'Stripe does not know this key, or it was revoked or expired',
    "Take a key from the API keys of Stripe's dashboard, of the same mode.",
  );
}

/** A version that Stripe does not take is refused with 400, whatever is asked (https://docs.stripe.com/api/versioning). */
async function apiVersion({ greeting }: Patient): Promise<Problem[]> {
  const answer = await greeting();
  if (answer.kind !== 'refused' || answer.status === 404) return [];
  return problem(
    `Stripe refuses requests in version ${STRIPE_API_VERSION} (${answer.code ?? answer.reason})`,
    'Upgrade Duecourse: each release is made for one version.',
    'STRIPE_API_URL',
  );
}

function permissionCheck({ name, at_stripe, ask }: Permission): Check<Patient> {
  return {
    name: `stripe.permission.${name}`,
    setting: SETTING,
    after: ['stripe.api_version'],
    look: async ({ stripe }) => {
      const answer = await ask(stripe);
      if (outcomeOf(answer) === 'forbidden')
        return problem(`the key lacks rak_${name}`, `Give it "${at_stripe}" in Stripe's dashboard.`);
      if (isUnanswered(answer))
        return problem(`Stripe does not answer (${outcomeOf(answer)})`, 'Run the doctor again.');
      return [];
    },
  };
}

async function webhookEndpoint({ stripe, config }: Patient): Promise<Problem[]> {
  const answer = await listWebhookEndpoints(stripe);
  const say = (wrong: string, way_out: string) => problem(wrong, way_out, 'PUBLIC_URL');
  if (answer.kind !== 'ok')
    return say(`Stripe does not answer (${outcomeOf(answer)})`, 'Run the doctor again.');
  const ours = answer.value.filter(({ url }) => url === `${config.publicUrl}/webhooks/stripe`);
  const [endpoint] = ours;
  if (endpoint === undefined)
    return say(
      'no webhook endpoint at Stripe sends to PUBLIC_URL with /webhooks/stripe',
      'Run npm run webhook-endpoint, or correct PUBLIC_URL.',
    );
  if (ours.length > 1)
    return say(
      `${ours.length} webhook endpoints at Stripe send to the same address`,
      "Delete all but one in Stripe's dashboard.",
    );
  return faultsOf(endpoint).flatMap(([wrong, way_out]) => say(wrong, way_out));
}

function faultsOf({ enabled_events, is_enabled, api_version }: WebhookEndpoint): [string, string][] {
  const known: readonly string[] = FOLLOWED_EVENT_TYPES;
  const missing = enabled_events.includes('*') ? [] : known.filter((type) => !enabled_events.includes(type));
  const unwanted = enabled_events.filter((type) => !known.includes(type));
  const types = 'Run npm run webhook-endpoint: it sets the types.';
  const faults: [boolean, string, string][] = [
    [!is_enabled, 'the webhook endpoint is disabled', 'Run npm run webhook-endpoint: it enables it.'],
    [
      api_version !== STRIPE_API_VERSION,
      `the webhook endpoint sends version ${api_version ?? "of the account's default"}, and we read ${STRIPE_API_VERSION}`,
      "Delete it in Stripe's dashboard, and run npm run webhook-endpoint.",
    ],
    [missing.length > 0, `the webhook endpoint does not send ${missing.join(', ')}`, types],
    [
      unwanted.length > 0,
      `the webhook endpoint sends what nobody reads: ${unwanted.slice(0, 5).join(', ')}`,
      types,
    ],
  ];
  return faults.flatMap(([isThere, wrong, way_out]) => (isThere ? [[wrong, way_out]] : []));
}
