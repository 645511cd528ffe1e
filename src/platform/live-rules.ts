/**
 * What is refused together with a live key, beyond what every environment has to keep: secrets that protect nothing, and
 * passwords and links that would cross a network in the clear.
 */
import type { LinkKey, SmtpAddress } from './config-values.ts';
import { parseRedisUrl } from './redis-address.ts';

export type Guarded = {
  readonly DATABASE_URL: string;
  readonly REDIS_URL?: string | undefined;
  readonly SMTP_URL: SmtpAddress;
  readonly STRIPE_WEBHOOK_SECRETS: readonly string[];
  readonly STRIPE_API_URL?: string | undefined;
  readonly LINK_KEYS: readonly LinkKey[];
  readonly PUBLIC_URL: string;
  readonly PRIVATE_HOSTS: readonly string[];
  readonly TEST_MODE: string;
};

const WEBHOOK_PREFIX = 'whsec_';
const SECRET_CHARS_MIN = 24;
/** Chance gives nearly as many as there are characters; whoever holds a key down gives one. */
const DISTINCT_CHARS_MIN = 8;
/** As every example of ours says it, and most of others'. */
const EXAMPLE = /replace|change.?me|example|random.characters|your.own|secret|…/i;
/** It catches mails and delivers none: nobody would be asked to pay, and their bills would end. */
const MAIL_CATCHER = 'mailpit';

/** One `[variable, what is wrong with it]` for each. */
export function liveErrors(env: Guarded): [keyof Guarded, string][] {
  const weak = `needs secrets of at least ${SECRET_CHARS_MIN} random characters with a live key, and no example`;
  const clear = (host: string) => !isReachedPrivately(env, host);
  const rules: readonly (readonly [keyof Guarded, boolean, string])[] = [
    ['TEST_MODE', env.TEST_MODE === '1', 'is refused with a live STRIPE_SECRET_KEY'],
    ['STRIPE_API_URL', env.STRIPE_API_URL !== undefined, 'is refused with a live STRIPE_SECRET_KEY'],
    ['PUBLIC_URL', !env.PUBLIC_URL.startsWith('https:'), 'must be https with a live key'],
    [
      'STRIPE_WEBHOOK_SECRETS',
      env.STRIPE_WEBHOOK_SECRETS.some((secret) => isWeak(secret.slice(WEBHOOK_PREFIX.length))),
      weak,
    ],
    ['LINK_KEYS', env.LINK_KEYS.some(({ secret }) => isWeak(secret)), weak],
    ['SMTP_URL', env.SMTP_URL.host === MAIL_CATCHER, 'is needed with a live key: Mailpit delivers no mail'],
    [
      'DATABASE_URL',
      !isVerified(env.DATABASE_URL) && clear(new URL(env.DATABASE_URL).hostname),
      'needs sslmode=verify-full with a live key, or its host in PRIVATE_HOSTS',
    ],
    [
      'REDIS_URL',
      plainRedisHosts(env.REDIS_URL).some(clear),
      'needs TLS (rediss…) with a live key, or its hosts in PRIVATE_HOSTS',
    ],
  ];
  return rules.flatMap(([variable, isBroken, message]) => (isBroken ? [[variable, message]] : []));
}

/** Whether what is sent to this host in the clear stays on this machine, or on a network that was said to be private. */
export function isReachedPrivately({ PRIVATE_HOSTS }: Pick<Guarded, 'PRIVATE_HOSTS'>, host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (name === '' || name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)) return true;
  return PRIVATE_HOSTS.includes(name);
}

/** Whether a secret, without its prefix, protects nothing: an example, or too short or too plain. */
export function isWeak(secret: string): boolean {
  return (
    secret.length < SECRET_CHARS_MIN || new Set(secret).size < DISTINCT_CHARS_MIN || EXAMPLE.test(secret)
  );
}

function isVerified(postgres_url: string): boolean {
  return new URL(postgres_url).searchParams.get('sslmode') === 'verify-full';
}

/** The hosts of an address without TLS. */
function plainRedisHosts(text: string | undefined): string[] {
  const address = text === undefined ? null : parseRedisUrl(text);
  switch (address?.kind) {
    case 'server': {
      const { protocol, hostname } = new URL(address.url);
      return protocol === 'rediss:' ? [] : [hostname];
    }
    case 'cluster':
      return address.tls ? [] : address.nodes.map(({ host }) => host);
    case 'sentinel':
      return address.tls ? [] : address.sentinels.map(({ host }) => host);
    case undefined:
      return [];
  }
}
