/**
 * A proxy to Postgres that knows where statements begin and end. It can have the backend terminated right before the
 * k-th statement, or right after its commit, so that the answer is lost. The client then sees what an administrator, a
 * failover or an out-of-memory killer would cause: 57P01, and a connection that closes.
 *
 * It follows the extended protocol as postgres.js speaks it (Parse names a text, Bind names a Parse, Execute runs it,
 * Sync commits it) and simple queries.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Sql } from '../../src/store/postgres/database.ts';

export type Strike = { readonly at: number; readonly when: 'before' | 'after' };

export type StatementProxy = Awaited<ReturnType<typeof openStatementProxy>>;

/** Statements that the driver sends for its own use. */
const DRIVERS_OWN = /pg_catalog\.pg_type/;
const [PARSE, BIND, EXECUTE, SYNC, QUERY] = [...'PBESQ'].map((type) => type.charCodeAt(0));
const [BACKEND_KEY, READY] = [...'KZ'].map((type) => type.charCodeAt(0));

/** Opens the proxy; `admin` must not lead through it. */
export async function openStatementProxy(databaseUrl: string, admin: Sql) {
  const target = new URL(databaseUrl);
  const counted: string[] = [];
  const sockets = new Set<Socket>();
  let strike: Strike | null = null;
  let struck: string | null = null;

  /** Counts a statement that is about to run; returns what shall happen to it. */
  function count(text: string): 'before' | 'after' | null {
    if (DRIVERS_OWN.test(text)) return null;
    counted.push(text);
    if (strike === null || counted.length !== strike.at) return null;
    struck = text;
    return strike.when;
  }

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.end();
        upstream.end();
      });
    }
    follow(client, upstream, count, (pid) => admin`select pg_terminate_backend(${pid}::int)`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    /** Counts from one again, and strikes once. */
    arm(next: Strike | null) {
      counted.length = 0;
      strike = next;
      struck = null;
    },
    /** The statements since the last `arm`. */
    counted: (): readonly string[] => counted,
    /** The statement that lost its backend, or null. */
    struck: (): string | null => struck,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Carries one connection's bytes, message by message. */
function follow(
  client: Socket,
  upstream: Socket,
  count: (text: string) => 'before' | 'after' | null,
  terminate: (pid: number) => Promise<unknown>,
): void {
  const texts = new Map<string, string>();
  let bound = '';
  let pid = 0;
  let toCome = 0;
  /** Messages from the client are no longer passed on. */
  let isDeaf = false;
  /** How many answers still belong to earlier statements; then the next is withheld. */
  let withholdAfter: number | null = null;
  let isWithheld = false;

  const strike = async (): Promise<void> => {
    await terminate(pid);
    isWithheld = false;
  };

  function fromClient(type: number, message: Buffer): void {
    if (isDeaf) return;
    if (type === PARSE) texts.set(textAt(message, 0), textAt(message, 1));
    if (type === BIND) bound = texts.get(textAt(message, 1)) ?? '';
    if (type === EXECUTE || type === QUERY) {
      const fate = count(type === QUERY ? textAt(message, 0) : bound);
      if (fate === 'before') {
        isDeaf = true;
        void strike();
        return;
      }
      if (fate === 'after') withholdAfter = toCome;
    }
    upstream.write(message);
    if (type !== SYNC && type !== QUERY) return;
    toCome += 1;
    isDeaf = withholdAfter !== null;
  }

  function fromServer(type: number, message: Buffer): void {
    if (type === BACKEND_KEY) pid = message.readInt32BE(5);
    if (withholdAfter === 0) isWithheld = true;
    const isCommitted = type === READY && isWithheld;
    if (!isWithheld) client.write(message);
    if (type !== READY) return;
    toCome = Math.max(0, toCome - 1);
    if (isCommitted) {
      withholdAfter = null;
      void strike();
    } else if (withholdAfter !== null) withholdAfter -= 1;
  }

  client.on(
    'data',
    messages(true, (type, message) => fromClient(type, message)),
  );
  upstream.on(
    'data',
    messages(false, (type, message) => fromServer(type, message)),
  );
  client.on('end', () => upstream.end());
  upstream.on('end', () => client.end());
}

/** Splits a stream into messages; a client's first one has no type. */
function messages(beginsUntyped: boolean, see: (type: number, message: Buffer) => void) {
  let rest = Buffer.alloc(0);
  let untyped = beginsUntyped;
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = untyped ? 0 : 1;
      if (rest.length < header + 4) return;
      const length = header + rest.readInt32BE(header);
      if (rest.length < length) return;
      see(untyped ? 0 : (rest[0] ?? 0), rest.subarray(0, length));
      rest = rest.subarray(length);
      untyped = false;
    }
  };
}

/** The n-th zero-terminated text of a message. */
function textAt(message: Buffer, n: number): string {
  let from = 5;
  for (let index = 0; index < n; index += 1) from = message.indexOf(0, from) + 1;
  return message.toString('utf8', from, message.indexOf(0, from));
}
