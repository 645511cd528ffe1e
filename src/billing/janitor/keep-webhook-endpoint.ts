/** Stripe's endpoint for our webhooks: there, enabled, and of the types that we follow and no others. */
import { buildKey } from '../../domain/keys.ts';
import type { Answer } from '../../stripe/answer.ts';
import { STRIPE_API_VERSION, type StripeClient } from '../../stripe/client.ts';
import { FOLLOWED_EVENT_TYPES } from '../../stripe/events/followed-events.ts';
import {
  createWebhookEndpoint,
  listWebhookEndpoints,
  updateWebhookEndpoint,
  type WebhookEndpoint,
} from '../../stripe/events/webhook-endpoints.ts';
import { judgeRead, judgeWrite } from '../work/judge-answer.ts';
import { KEY_TAKEN } from '../work/keyed-write.ts';

/**
 * - `right`: it was as it should be.
 * - `created`: the one time that its secret is shown.
 * - `changed`: which types it sends since, and which no more.
 * - `secret_unseen`: made by a call whose answer was lost; only Stripe's dashboard shows the secret.
 * - `other_version`: its events are in a version that we do not read; Stripe does not change that.
 * - `several`: more than one sends to this address, so that each event comes more than once.
 * - `unanswered`, `refused`: nothing is known, or Stripe does not do it; `code` says why.
 */
export type KeptEndpoint =
  | { readonly outcome: 'right' | 'secret_unseen'; readonly id: string }
  | { readonly outcome: 'created'; readonly id: string; readonly secret: string }
  | {
      readonly outcome: 'changed';
      readonly id: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly outcome: 'other_version'; readonly id: string; readonly api_version: string | null }
  | { readonly outcome: 'several'; readonly ids: readonly string[] }
  | { readonly outcome: 'unanswered' | 'refused'; readonly code: string };

type Place = { readonly stripe: StripeClient; readonly instance_id: string; readonly url: string };

/** Keys of a day that may be spent on writes whose effect was undone since. */
const NUMBERS_MAX = 20;

/** Makes the endpoint at `url`, or changes the one that is there. Repeated, it changes nothing. */
export async function keepWebhookEndpoint(place: Place): Promise<KeptEndpoint> {
  const before = await find(place);
  if (before.kind !== 'ok') return unknown(before);
  const [endpoint, ...others] = before.value;
  if (endpoint === undefined) return create(place);
  if (others.length > 0) return { outcome: 'several', ids: before.value.map(({ id }) => id) };
  const { id, api_version } = endpoint;
  if (api_version !== STRIPE_API_VERSION) return { outcome: 'other_version', id, api_version };
  return isRight(endpoint) ? { outcome: 'right', id } : change(place, endpoint);
}

async function create(place: Place): Promise<KeptEndpoint> {
  const { stripe, instance_id: row, url } = place;
  const written = await writeUntil(
    place,
    (n) =>
      createWebhookEndpoint(stripe, {
        key: buildKey({ row, verb: 'create', n }),
        url,
        types: FOLLOWED_EVENT_TYPES,
      }),
    () => true,
  );
  if (!('endpoint' in written)) return written;
  const { endpoint, answer } = written;
  const secret = answer?.id === endpoint.id ? answer.secret : null;
  return secret === null
    ? { outcome: 'secret_unseen', id: endpoint.id }
    : { outcome: 'created', id: endpoint.id, secret };
}

async function change(place: Place, { id, enabled_events }: WebhookEndpoint): Promise<KeptEndpoint> {
  const written = await writeUntil(
    place,
    (n) =>
      updateWebhookEndpoint(place.stripe, {
        key: buildKey({ row: id, verb: 'update', n }),
        id,
        types: FOLLOWED_EVENT_TYPES,
      }),
    (endpoint) => endpoint.id === id && isRight(endpoint),
  );
  if (!('endpoint' in written)) return written;
  const added = FOLLOWED_EVENT_TYPES.filter((type) => !enabled_events.includes(type));
  const removed = enabled_events.filter((type) => !FOLLOWED_EVENT_TYPES.includes(type));
  return { outcome: 'changed', id, added, removed };
}

type Effect = { readonly endpoint: WebhookEndpoint; readonly answer: WebhookEndpoint | null };

/**
 * Writes until Stripe's list shows what was wanted. A number is left for the next where Stripe only repeats an answer whose
 * effect somebody has undone since, or knows the key with another body.
 */
async function writeUntil(
  place: Place,
  write: (n: number) => Promise<Answer<WebhookEndpoint>>,
  isWanted: (endpoint: WebhookEndpoint) => boolean,
): Promise<Effect | KeptEndpoint> {
  for (let n = 1; n <= NUMBERS_MAX; n += 1) {
    const sent = judgeWrite(await write(n));
    if (sent.kind === 'refused' && sent.code !== KEY_TAKEN) return { outcome: 'refused', code: sent.code };
    const after = await find(place);
    if (after.kind !== 'ok') return unknown(after);
    const endpoint = after.value.find(isWanted);
    if (endpoint !== undefined) return { endpoint, answer: sent.kind === 'done' ? sent.value : null };
    if (sent.kind === 'again') return { outcome: 'unanswered', code: sent.code };
  }
  return { outcome: 'refused', code: 'numbers_exhausted' };
}

async function find({ stripe, url }: Place) {
  const read = judgeRead(await listWebhookEndpoints(stripe));
  return read.kind === 'ok' ? { ...read, value: read.value.filter((each) => each.url === url) } : read;
}

function unknown(
  read: { kind: 'unanswered'; reason: string } | { kind: 'refused'; code: string },
): KeptEndpoint {
  return read.kind === 'unanswered'
    ? { outcome: 'unanswered', code: read.reason }
    : { outcome: 'refused', code: read.code };
}

function isRight({ enabled_events, is_enabled }: WebhookEndpoint): boolean {
  const sent = new Set(enabled_events);
  return (
    is_enabled &&
    sent.size === FOLLOWED_EVENT_TYPES.length &&
    FOLLOWED_EVENT_TYPES.every((type) => sent.has(type))
  );
}
