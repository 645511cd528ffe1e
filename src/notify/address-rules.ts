/**
 * To which addresses a notification may go. A merchant names them, so each could be one that only this machine reaches: its
 * own ports, the private network, the cloud's metadata (https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html).
 */
import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type AddressRules = {
  /** `host:port`, as in the address, that may be private and without TLS. */
  readonly private_hosts: readonly string[];
  /** A sandbox: http, and this machine. */
  readonly is_sandbox: boolean;
};

/**
 * What is no single public host, by the registries of special addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry)
 * and by what reaches IPv4 through IPv6. It stands beside what `ipaddr.js` knows: an address has to pass both.
 */
const SPECIAL: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];
/** The only block of IPv6 from which public hosts have addresses (https://www.iana.org/assignments/ipv6-address-space). */
const GLOBAL_UNICAST = ['2000::', 3] as const;

const special = new BlockList();
for (const [network, prefix] of SPECIAL) special.addSubnet(network, prefix, familyOf(network));
const unicast = new BlockList();
unicast.addSubnet(GLOBAL_UNICAST[0], GLOBAL_UNICAST[1], 'ipv6');

/** Whether this is the address of one public host; what is no address is not. */
function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const family = familyOf(address);
  if (family === 'ipv6' && !unicast.check(address, family)) return false;
  return !special.check(address, family) && ipaddr.parse(address).range() === 'unicast';
}

/** Whether this address is of this machine, in the plain spelling. */
function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Whether a connection to this address may be opened for this host and port. */
export function mayConnect(rules: AddressRules, host: string, address: string): boolean {
  if (rules.private_hosts.includes(host)) return true;
  return isPublicAddress(address) || (rules.is_sandbox && isLoopback(address));
}

/** `host:port` of an address, the port always said; an IPv6 address in brackets. */
export function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`;
}

/** The host without the brackets of an IPv6 address. */
export function bareHost({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

const URL_MAX = 2_048;
/** What the URL parser would mend, other parsers read differently. */
const PLAIN = /^https?:\/\/[^\s\p{Cc}\\/?#]+(?:[/?][^\s\p{Cc}\\#]*)?$/iu;
/** Names of this machine and of networks that the internet does not know. */
const INNER_NAME = /^(?:[^.]+|.*\.(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa|onion))$/;

/** Why nothing is sent to an address, whatever its name leads to, as the rest of a sentence; null if something may be. */
export function urlRefusal(rules: AddressRules, text: string): string | null {
  if (text.length > URL_MAX) return `must be at most ${URL_MAX} characters`;
  if (!PLAIN.test(text) || !URL.canParse(text)) return 'must be a plain https:// address';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?]*@/i.test(text))
    return 'must carry no user and no password';
  const isPrivate = rules.private_hosts.includes(hostAndPort(url));
  if (url.protocol !== 'https:' && !isPrivate && !rules.is_sandbox) return 'must be an https:// address';
  if (isPrivate) return null;
  const host = bareHost(url);
  if (isIP(host) !== 0) return mayConnect(rules, hostAndPort(url), host) ? null : PRIVATE;
  if (host.endsWith('.')) return 'must not end its host with a dot';
  if (rules.is_sandbox && host === 'localhost') return null;
  return INNER_NAME.test(host) ? PRIVATE : null;
}

/** What is answered for every address that is not public, so that the answer tells nothing of what is there. */
export const PRIVATE = 'must lead to a public address';

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
