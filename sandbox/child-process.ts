/**
 * Servers as child processes that outlive neither their use nor their parent.
 *
 * Ctrl-C must not reach a database before the programs that use it have stopped, so a server runs in a process group
 * of its own. And a killed parent must not leave it behind, so a shell waits for the parent's end of a pipe to close.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, Socket } from 'node:net';

const STOP_MS = 10_000;

/** Tells the watcher that the server was stopped normally. */
export type Dismiss = () => void;

/**
 * Ends `pid` once this process has ended, for whatever reason, and then removes the folder if one is given.
 *
 * @returns a function to call after a normal stop
 */
export function endWithParent(pid: number, folder = ''): Dismiss {
  const script = `
    if read -r _; then exit 0; fi
    kill -INT "$1" 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null || break; sleep 0.5; done
    kill -KILL "$1" 2>/dev/null
    if [ -n "$2" ]; then rm -rf "$2"; fi`;
  const watcher = spawn('sh', ['-c', script, 'sh', String(pid), folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.stdin.on('error', () => {});
  letGo(watcher);
  return () => void watcher.stdin.end('done\n');
}

/** A server by itself does not keep a finished program alive. */
export function letGo(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) {
    if (pipe instanceof Socket) pipe.unref();
  }
}

/** SIGINT, on which Postgres and Redis stop at once and cleanly; SIGKILL after ten seconds. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.ref();
  child.kill('SIGINT');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(killer);
}

/** A loopback port that was free a moment ago; the caller must be ready to try again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
