/**
 * A TCP proxy with weather: what may happen to bytes between a process and a service. Afterwards it reports how many
 * connections and bytes its weather met, so that a fault without effect is not counted.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type ProxyWeather =
  | { readonly kind: 'pass' }
  /** New connections are reset at once; open ones go on. */
  | { readonly kind: 'refuse' }
  /** Bytes vanish both ways. */
  | { readonly kind: 'blackhole' }
  /** Requests arrive; answers vanish. */
  | { readonly kind: 'drop_replies' }
  /** Both ways, in milliseconds; order is kept. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** A connection ends after this many bytes of answers, by RST or as if the answer were complete. */
  | { readonly kind: 'cut_after'; readonly bytes: number; readonly how: 'reset' | 'end' };

type CutAfter = Extract<ProxyWeather, { kind: 'cut_after' }>;

/** One connection through the proxy. */
export type Line = {
  /** The name that the client gave, if its protocol has one. */
  label: string;
  /** It has subscribed to notifications. */
  listens: boolean;
  /** It has sent a request that is answered only when there is work. */
  blocks: boolean;
  /** When bytes last passed, on the monotonic clock. */
  busy_ms: number;
};

/** Reads what a client sends, to learn what a line is for. */
export type Tap = (line: Line, chunk: Buffer) => void;

export type ProxyCounts = {
  connections: number;
  refused: number;
  swallowed_bytes: number;
  delayed_chunks: number;
  cut: number;
};

export type TcpProxy = {
  readonly port: number;
  readonly counts: Readonly<ProxyCounts>;
  /** Where new connections lead from now on. */
  aim(port: number): void;
  /**
   * Changes the weather. Lines that lost bytes are reset when it clears, because nothing on them makes sense any more.
   */
  weather(next: ProxyWeather): void;
  lines(): readonly Line[];
  /** Resets live lines; returns how many. */
  cut(which?: (line: Line) => boolean): number;
  close(): Promise<void>;
};

const HOST = '127.0.0.1';
const RESET_MS = 5;

/** What travels in one direction: bytes, or how they end. */
type Part = Buffer | 'end' | 'reset';
type Way = {
  readonly to: Socket;
  readonly waiting: { readonly at_ms: number; readonly part: Part }[];
  is_draining: boolean;
};
type Open = {
  readonly line: Line;
  readonly client: Socket;
  readonly server: Socket;
  replied_bytes: number;
  is_tainted: boolean;
  /** Its client gets nothing more. */
  is_cut: boolean;
};

/** Listens on a free loopback port. */
export async function openProxy(tap: Tap = () => {}): Promise<TcpProxy> {
  let target = 0;
  let weather: ProxyWeather = { kind: 'pass' };
  const open = new Set<Open>();
  const counts: ProxyCounts = { connections: 0, refused: 0, swallowed_bytes: 0, delayed_chunks: 0, cut: 0 };

  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => {});
    if (weather.kind === 'refuse' || target === 0) {
      counts.refused += 1;
      reset(client);
      return;
    }
    counts.connections += 1;
    const upstream = connect({ host: HOST, port: target, noDelay: true });
    const line = { label: '', listens: false, blocks: false, busy_ms: performance.now() };
    const one: Open = { line, client, server: upstream, replied_bytes: 0, is_tainted: false, is_cut: false };
    open.add(one);
    join(one);
  });

  function join(one: Open): void {
    const { client, server: upstream, line } = one;
    const up: Way = { to: upstream, waiting: [], is_draining: false };
    const down: Way = { to: client, waiting: [], is_draining: false };
    client.on('data', (chunk: Buffer) => {
      line.busy_ms = performance.now();
      tap(line, chunk);
      if (weather.kind === 'blackhole') swallow(one, chunk);
      else pass(up, chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      line.busy_ms = performance.now();
      line.blocks = false;
      if (weather.kind === 'blackhole' || weather.kind === 'drop_replies') swallow(one, chunk);
      else if (weather.kind === 'cut_after') passUntilCut(one, down, chunk, weather);
      else pass(down, chunk);
    });
    client.on('end', () => pass(up, 'end'));
    const ended = (how: 'end' | 'reset') => () => {
      if (!one.is_cut) pass(down, how);
    };
    upstream.on('end', ended('end'));
    upstream.on('error', ended('reset'));
    upstream.on('close', ended('end'));
    client.on('close', () => {
      open.delete(one);
      // A request that was given up may still be under way, and arrives.
      pass(up, 'end');
    });
  }

  function swallow(one: Open, chunk: Buffer): void {
    counts.swallowed_bytes += chunk.length;
    one.is_tainted = true;
  }

  function passUntilCut(one: Open, down: Way, chunk: Buffer, at: CutAfter): void {
    const left = at.bytes - one.replied_bytes;
    one.replied_bytes += chunk.length;
    if (chunk.length <= left) {
      pass(down, chunk);
      return;
    }
    counts.cut += 1;
    one.is_cut = true;
    const last = chunk.subarray(0, Math.max(0, left));
    if (at.how === 'end') one.client.end(last);
    // A reset that is seen together with the last bytes is taken for an ordinary end, so they are read before it.
    else one.client.write(last, () => setTimeout(() => setImmediate(() => reset(one.client)), RESET_MS));
    one.server.destroy();
  }

  function pass(way: Way, part: Part): void {
    const delay_ms = weather.kind === 'delay' && typeof part !== 'string' ? weather.ms : 0;
    if (delay_ms > 0) counts.delayed_chunks += 1;
    if (delay_ms === 0 && way.waiting.length === 0) {
      write(way.to, part);
      return;
    }
    way.waiting.push({ at_ms: performance.now() + delay_ms, part });
    drain(way);
  }

  function drain(way: Way): void {
    const [next] = way.waiting;
    if (way.is_draining || next === undefined) return;
    way.is_draining = true;
    setTimeout(
      () => {
        way.is_draining = false;
        way.waiting.shift();
        write(way.to, next.part);
        drain(way);
      },
      Math.max(0, next.at_ms - performance.now()),
    );
  }

  function cut(which: (line: Line) => boolean = () => true): number {
    const met = [...open].filter((one) => which(one.line));
    for (const one of met) {
      open.delete(one);
      reset(one.client);
    }
    counts.cut += met.length;
    return met.length;
  }

  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    aim: (port) => {
      target = port;
    },
    weather: (next) => {
      weather = next;
      for (const one of [...open]) {
        one.replied_bytes = 0;
        if (one.is_tainted) reset(one.client);
      }
    },
    lines: () => [...open].map((one) => one.line),
    cut,
    close: async () => {
      for (const one of [...open]) one.client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** By RST alone. Node's `resetAndDestroy` shuts the socket down first, so that a peer may see an ordinary end before it. */
function reset(socket: Socket): void {
  Object.assign(socket, { resetAndClosing: true }).destroy();
}

function write(to: Socket, part: Part): void {
  if (to.destroyed) return;
  if (part === 'reset') reset(to);
  else if (part === 'end') to.end();
  else to.write(part);
}

const NAME = Buffer.from('application_name\0');

/** Postgres: the name is in the first message, and LISTEN is a word of its own. */
export const tapPostgres: Tap = (line, chunk) => {
  if (line.label === '') {
    const at = chunk.indexOf(NAME);
    if (at >= 0) {
      const from = at + NAME.length;
      line.label = chunk.toString('latin1', from, chunk.indexOf(0, from));
    }
  }
  if (!line.listens && /\blisten\s/i.test(chunk.toString('latin1'))) line.listens = true;
};

/** Redis: CLIENT SETNAME names the line, and a blocking read waits for work. */
export const tapRedis: Tap = (line, chunk) => {
  const text = chunk.toString('latin1');
  const named = /setname\r\n\$\d+\r\n([^\r]+)/i.exec(text);
  if (named?.[1] !== undefined) line.label = named[1];
  line.blocks = /bzpopmin\r\n/i.test(text);
};
