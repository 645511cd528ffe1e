/**
 * Whether a Docker engine answers. A `docker` client on PATH proves nothing, and a DOCKER_HOST may accept a connection
 * and never answer. So we ping the engine, everywhere at once and for two seconds at most. Only then do we import
 * testcontainers: on Node 20 its import breaks the global fetch.
 */
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PING_MS = 2_000;

type Target = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/** Earlier answers, by DOCKER_HOST: an engine that hangs is asked once. */
const asked = new Map<string, Promise<boolean>>();

/**
 * `true` when containers can be started here; answers within two seconds. Does not look for engines over TLS or ssh.
 */
export function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST ?? '';
  const known = asked.get(host);
  if (known !== undefined) return known;
  const answer = Promise.all(targets(host).map(ping)).then((answers) => answers.includes(true));
  asked.set(host, answer);
  return answer;
}

function targets(host: string): Target[] {
  if (host.startsWith('unix://')) return [{ socketPath: host.slice('unix://'.length) }];
  if (host !== '') {
    const url = URL.canParse(host) ? new URL(host) : null;
    return url?.protocol === 'tcp:' ? [{ host: url.hostname, port: Number(url.port) || 2375 }] : [];
  }
  const runtime = process.env.XDG_RUNTIME_DIR;
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(homedir(), '.docker/run/docker.sock'),
  ].map((socketPath) => ({ socketPath }));
}

function ping(target: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ ...target, path: '/_ping', agent: false }, (answer) => {
      answer.resume();
      settle(answer.statusCode === 200);
    });
    const timer = setTimeout(() => settle(false), PING_MS);
    const settle = (isUp: boolean): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(isUp);
    };
    asked.on('error', () => settle(false));
    asked.end();
  });
}
