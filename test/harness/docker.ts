/**
 * Whether a Docker engine answers. A `docker` client on PATH says nothing, and a DOCKER_HOST may accept a
 * connection and never answer, so the engine's ping is asked, for three seconds at most. Only after that is
 * testcontainers imported: on Node 20 its import breaks the global fetch.
 */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PING_MS = 3_000;

/** `true` when containers can be started here. */
export async function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST;
  if (host?.startsWith('unix://')) return ping({ socketPath: host.slice('unix://'.length) });
  if (host) {
    const url = URL.canParse(host) ? new URL(host) : null;
    return url?.protocol === 'tcp:' ? ping({ host: url.hostname, port: Number(url.port) || 2375 }) : false;
  }
  const runtime = process.env.XDG_RUNTIME_DIR;
  const sockets = [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(homedir(), '.docker/run/docker.sock'),
  ];
  for (const socketPath of sockets.filter((path) => existsSync(path))) {
    if (await ping({ socketPath })) return true;
  }
  return false;
}

function ping(target: { socketPath: string } | { host: string; port: number }): Promise<boolean> {
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
