/**
 * Who may use what stands on this machine for tests and development, without a key: programs and pages of this machine, and
 * no page of the internet that happens to be open in a browser here.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whether another site's page sent it, or asked for it by a name that it had pointed at this machine. */
export function isFromElsewhere({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>): boolean {
  if (!isNameOfHere(headers.host ?? '')) return true;
  const site = headers['sec-fetch-site'];
  // Whoever follows a link from elsewhere only looks.
  return method !== 'GET' && site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** An address, `localhost`, or a name without a dot, as containers have: nobody on the internet can own one. */
function isNameOfHere(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name !== '' && (isIP(name) !== 0 || /^[a-z0-9_-]+$/i.test(name));
}
