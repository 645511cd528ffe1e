/** What settings say that are well formed, each by itself. */
import { refusedDays } from '../domain/debit/plan-collection.ts';
import { schemeOf } from '../domain/debit/schemes.ts';
import { isWeak } from '../platform/live-rules.ts';
import type { Check, Problem } from './check.ts';
import type { Patient } from './patient.ts';

export const settingsChecks: readonly Check<Patient>[] = [
  { name: 'settings.debits', setting: 'DEBIT_NOTICE_DAYS', after: [], look: debitTerms },
  { name: 'settings.secrets', setting: 'LINK_KEYS', after: [], look: secrets },
  { name: 'settings.public_url', setting: 'PUBLIC_URL', after: [], look: publicUrl },
  { name: 'machine.time_zone', setting: 'TZ', after: [], look: timeZone },
  { name: 'machine.disk', setting: 'disk', after: [], look: disk },
];

function debitTerms({ config }: Patient): Problem[] {
  const { sent_by, days, limits } = config.debits;
  const way_out = 'README, "What it charges", lists the types and their notice.';
  const refused = [...days].flatMap(([type, agreed]) => refusedDays(type, agreed, sent_by) ?? []);
  const unknown = [...limits.keys()].filter((type) => schemeOf(type) === null);
  return [
    ...refused.map((wrong) => ({ setting: 'DEBIT_NOTICE_DAYS', wrong, way_out })),
    ...unknown.map((type) => ({
      setting: 'DEBIT_LIMITS',
      wrong: `${type} is no scheme of debits`,
      way_out,
    })),
  ];
}

/** A live key refuses them at the start; with a test key they work, until somebody puts a live key beside them. */
function secrets({ config }: Patient): Problem[] {
  const wrong = 'is an example, or too short or too plain to protect anything';
  const isLinkKeyWeak = config.linkKeys.some(({ secret }) => isWeak(secret));
  const isWebhookSecretWeak = config.stripeWebhookSecrets.some((secret) => isWeak(secret.slice(6)));
  return [
    ...(isLinkKeyWeak
      ? [{ setting: 'LINK_KEYS', wrong, way_out: 'Make one: echo "k1:$(openssl rand -hex 32)"' }]
      : []),
    ...(isWebhookSecretWeak
      ? [
          {
            setting: 'STRIPE_WEBHOOK_SECRETS',
            wrong,
            way_out:
              "Take the endpoint's own from Stripe's dashboard; npm run webhook-endpoint prints that of a new one.",
          },
        ]
      : []),
  ];
}

/** RFC 2606 keeps these for examples: nobody is reached there. */
const EXAMPLE_HOST = /(?:^|\.)(?:example\.(?:com|net|org)|example|invalid)$/;

function publicUrl({ config }: Patient): Problem[] {
  const { hostname } = new URL(config.publicUrl);
  const setting = 'PUBLIC_URL';
  if (EXAMPLE_HOST.test(hostname))
    return [
      { setting, wrong: 'is an example', way_out: 'Give the address at which customers reach your proxy.' },
    ];
  if (config.livemode && /^(?:localhost|127\.|\[::1\])/.test(hostname))
    return [
      {
        setting,
        wrong: 'is this machine alone, and no customer reaches it',
        way_out: 'Give the https:// address of your proxy.',
      },
    ];
  return [];
}

/** Times are kept in UTC; but a `TZ` that names no zone leaves Node without one, and whatever formats a date then fails. */
function timeZone({ machine }: Patient): Problem[] {
  const zone = machine.timeZone();
  if (zone !== undefined && zone !== 'Etc/Unknown') return [];
  return [{ setting: 'TZ', wrong: 'names no time zone', way_out: 'Leave it out, or set it to UTC.' }];
}

const FREE_BYTES_MIN = 512 * 1_024 * 1_024;

/** Where the process runs, and where a log that goes to a file beside it lies. */
async function disk({ machine }: Patient): Promise<Problem[]> {
  const free = await machine.freeBytes('.');
  if (free === null || free >= FREE_BYTES_MIN) return [];
  const wrong = 'less than 512 MiB are free where this process runs';
  return [{ setting: 'disk', wrong, way_out: 'Make room, or rotate the log, before writes fail.' }];
}
