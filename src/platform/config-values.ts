/** The shapes of single configuration values. No message here may quote the value it refuses. */
import { z } from 'zod';
import { parseRedisUrl } from './redis-address.ts';

/** A key that signs recovery links; `kid` is stored with each link so that old links outlive a rotation. */
export interface LinkKey {
  readonly kid: string;
  readonly secret: string;
}

export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`); otherwise by STARTTLS. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

export interface SmtpServer extends SmtpAddress {
  /** Whether nothing is sent, neither password nor mail, before STARTTLS has made the connection safe. */
  readonly requireTls: boolean;
}

const SECRET_CHARS_MIN = 32;
const required = z.string({ error: 'is required' });

export const postgresUrl = required.refine(hasProtocol('postgres:', 'postgresql:'), {
  error: 'must be a postgres:// URL',
});

export const redisUrl = required.refine((text) => parseRedisUrl(text) !== null, {
  error: 'must be a redis://, redis-cluster:// or redis-sentinel:// URL (rediss… for TLS)',
});

/** An http(s) address without a slash at its end. */
export const httpUrl = required
  .refine(hasProtocol('http:', 'https:'), { error: 'must be an http:// or https:// URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** Where customers reach us. Links are made by appending to it, and an origin is compared with it. */
export const publicUrl = httpUrl.refine((text) => !/[?#]|^https?:\/\/[^/]*@/i.test(text), {
  error: 'must have no user, query or fragment',
});

/** `#1f4fc4`, or `#14c` for short. */
export const webColor = z
  .string()
  .regex(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i, { error: 'must be a colour like #1f4fc4' })
  .transform((text) => (text.length === 4 ? text.replace(/[0-9a-f]/gi, '$&$&') : text).toLowerCase());

/** The address of an image that customers load: https, or a path at our own public address. */
export const imageAddress = z
  .string()
  .refine((text) => /^(?:https:\/\/[^\s/?#@\\;,'"]+)?\/(?![/\\])[^\s#\\]*$/i.test(text), {
    error: 'must be an https:// address, or a path at PUBLIC_URL that begins with a slash',
  })
  .refine((text) => URL.canParse(text, 'https://own.example'), { error: 'is no address' });

/** Comma-separated origins, `https://shop.example`: a scheme and a host, and nothing behind them. */
export const origins = z
  .string()
  .transform(commaList)
  .pipe(
    z.array(
      z.string().refine((text) => /^https?:\/\/[^/?#@\\]+\/?$/i.test(text) && URL.canParse(text), {
        error: 'must be a comma list of origins, like https://shop.example',
      }),
    ),
  )
  .transform((items): readonly string[] => items.map((text) => new URL(text).origin));

/** A Stripe API key of one of these kinds, of test or live mode. */
export function stripeKey(kinds: readonly string[]) {
  const pattern = new RegExp(`^(?:${kinds.join('|')})_(?:test|live)_\\w+$`);
  const shape = kinds.map((kind) => `${kind}_test_… or ${kind}_live_…`).join(', ');
  return required.regex(pattern, { error: `must be a Stripe key (${shape})` });
}

/** Comma-separated days from a decline to the next automatic try: at most three, because there are four tries in all. */
export const retryDays = z
  .string()
  .regex(/^\s*(?:[1-9]|[12]\d|30)\s*(?:,\s*(?:[1-9]|[12]\d|30)\s*){0,2}$/, {
    error: 'must be one to three numbers of days, each from 1 to 30',
  })
  .transform((text) => text.split(',').map(Number));

/** `type:number,…`: what was agreed for a type of debit where it differs from its scheme's; checked by whoever knows the schemes. */
export const numbersByType = (what: 'days' | 'amount') =>
  z.string().transform((text, ctx): ReadonlyMap<string, number> => {
    const numbers = new Map<string, number>();
    for (const item of commaList(text)) {
      const [, type, number] = /^([a-z_]+):(\d{1,9})$/.exec(item) ?? [];
      if (type === undefined || numbers.has(type)) {
        ctx.addIssue({ code: 'custom', message: `must be a comma list of type:${what}, each type once` });
        return z.NEVER;
      }
      numbers.set(type, Number(number));
    }
    return numbers;
  });

/** Comma-separated, newest first. */
export const webhookSecrets = required
  .transform(commaList)
  .pipe(
    z
      .array(z.string().startsWith('whsec_', { error: 'must be a comma list of whsec_… secrets' }))
      .min(1, { error: 'is required' }),
  );

/** `kid:secret,…`, newest first. */
export const linkKeys = required.transform((text, ctx): readonly [LinkKey, ...LinkKey[]] => {
  const keys = commaList(text).map((item) => {
    const at = item.indexOf(':');
    return { kid: item.slice(0, Math.max(at, 0)), secret: item.slice(at + 1) };
  });
  const [first, ...rest] = keys;
  const refuse = (message: string): never => {
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (!first) return refuse('is required');
  if (!keys.every((key) => /^[A-Za-z0-9-]{1,32}$/.test(key.kid))) return refuse('must be kid:secret,…');
  if (keys.some((key) => key.secret.length < SECRET_CHARS_MIN)) {
    return refuse(`needs secrets of at least ${SECRET_CHARS_MIN} characters`);
  }
  if (new Set(keys.map((key) => key.kid)).size < keys.length) return refuse('names a kid twice');
  return [first, ...rest];
});

/**
 * Comma-separated addresses and blocks, or `loopback`, `linklocal`, `uniquelocal`: proxies that we believe about where a
 * request came from.
 */
export const trustedProxies = z
  .string()
  .transform(commaList)
  .pipe(
    z.array(
      z.union(
        [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.enum(['loopback', 'linklocal', 'uniquelocal'])],
        { error: 'must be a comma list of addresses or blocks' },
      ),
    ),
  )
  .refine((items) => items.every(isNetwork), {
    error: 'names half the internet: anybody could say where a press came from',
  });

/** Comma-separated names or addresses of hosts, in any capitals. */
export const hostNames = z
  .string()
  .transform((text) => commaList(text.toLowerCase()))
  .pipe(z.array(z.string().regex(/^[a-z0-9_.:-]+$/, { error: 'must be a comma list of host names' })));

/** Comma-separated `host:port`, exactly as the addresses say them; an IPv6 address in brackets. */
export const hostPorts = z
  .string()
  .transform((text) => commaList(text.toLowerCase()))
  .pipe(
    z.array(
      z.string().regex(/^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\]):[1-9]\d{0,4}$/, {
        error: 'must be a comma list of host:port',
      }),
    ),
  );

/** The smallest prefixes of private networks are 10.0.0.0/8 and fc00::/7. */
function isNetwork(item: string): boolean {
  const [address = '', prefix] = item.split('/');
  return prefix === undefined || Number(prefix) >= (address.includes(':') ? 7 : 8);
}

/** `smtp://[user:password@]host[:port]` or `smtps://…`. */
export const smtpServer = required.transform((text, ctx): SmtpAddress => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const user = url && decoded(url.username);
  const pass = url && decoded(url.password);
  if (!url?.hostname || !/^smtps?:$/.test(url.protocol) || user === null || pass === null) {
    ctx.addIssue({ code: 'custom', message: 'must be an smtp:// or smtps:// URL' });
    return z.NEVER;
  }
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    auth: user ? { user, pass: pass ?? '' } : null,
  };
});

/** `Name <address>` or a bare address. No line breaks: they would let a mail header in. */
export const mailbox = required.regex(/^(?:[^<>\r\n@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, {
  error: 'must be an address, or Name <address>',
});

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

function hasProtocol(...protocols: string[]): (text: string) => boolean {
  return (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function ipAddress() {
  return z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });
}

export function port() {
  return z.coerce.number({ error: 'must be a port' }).int().min(0).max(65_535);
}

export function days({ min = 1, max = 365 } = {}) {
  return z.coerce.number({ error: 'must be a number of days' }).int().min(min).max(max);
}

export function months(min: number) {
  return z.coerce.number({ error: 'must be a number of months' }).int().min(min).max(600);
}

export function flag() {
  return z.enum(['0', '1'], { error: 'must be 0 or 1' });
}

export function rate() {
  return z.coerce.number({ error: 'must be calls per second' }).positive().max(10_000);
}
