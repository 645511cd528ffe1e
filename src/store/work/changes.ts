/**
 * A row's change wakes the requests that wait for it, so they need not poll.
 *
 * The trigger that writes a charge's or setup's new state notifies `dc_changed` with its id; one connection of each
 * API process listens. A notification can be lost whenever that connection is, so after every (re)listen all waiting
 * requests read their row once. We detect a connection that looks alive but carries nothing by a notification to
 * ourselves, and replace it.
 */
import postgres from 'postgres';
import { randomId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { startPollLoop } from '../../platform/poll-loop.ts';

const CHANNEL = 'dc_changed';
const PROBE_INTERVAL_MS = 10_000;
const PROBE_TIMEOUT_MS = 3_000;

export type Waiter = {
  /** The row changed, or may have: read it. */
  changed(): void;
  /** No more changes follow: the process is stopping. */
  over(): void;
};

export type Changes = {
  /**
   * Notifies the waiter of every change of the row from now on; returns how to stop. Subscribe first and read
   * afterwards: then nothing that happens in between is lost.
   */
  subscribe(id: string, waiter: Waiter): () => void;
  /** Ends every wait, now and from now on. */
  release(): void;
  /** Releases all waiters and ends the connection. */
  close(): Promise<void>;
};

type Listener = { end(): Promise<void>; isAlive(): Promise<boolean> };

/** Listens on a connection of its own. Resolves at once; until the first listen, changes wake no waiter. */
export function openChanges(options: { readonly databaseUrl: string; readonly log: Log }): Changes {
  const { databaseUrl, log } = options;
  const waiting = new Map<string, Set<Waiter>>();
  let listener: Listener | null = null;
  let isOver = false;

  const tell = (id: string): void => {
    for (const waiter of [...(waiting.get(id) ?? [])]) waiter.changed();
  };
  const tellAll = (): void => {
    for (const id of [...waiting.keys()]) tell(id);
  };
  const release = (): void => {
    isOver = true;
    for (const waiter of [...waiting.values()].flatMap((some) => [...some])) waiter.over();
  };

  const supervisor = startPollLoop({
    name: 'changes',
    intervalMs: PROBE_INTERVAL_MS,
    log,
    once: async () => {
      if (listener !== null && (await listener.isAlive())) return false;
      const dead = listener;
      listener = null;
      await dead?.end();
      listener = await listen(databaseUrl, tell, tellAll);
      return false;
    },
  });

  return {
    subscribe: (id, waiter) => {
      const others = waiting.get(id) ?? new Set();
      waiting.set(id, others.add(waiter));
      if (isOver) waiter.over();
      return () => {
        others.delete(waiter);
        if (others.size === 0 && waiting.get(id) === others) waiting.delete(id);
      };
    },
    release,
    close: async () => {
      release();
      await supervisor.stop();
      await listener?.end();
      listener = null;
    },
  };
}

/** One listening connection. `onListen` runs at the first listen and after each one that follows a lost connection. */
async function listen(
  databaseUrl: string,
  onChange: (id: string) => void,
  onListen: () => void,
): Promise<Listener> {
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    fetch_types: false,
    connect_timeout: 5,
    connection: { application_name: 'duecourse-changes', statement_timeout: PROBE_TIMEOUT_MS },
  });
  let probe = { id: '', onHeard: (): void => {} };
  const end = () => sql.end({ timeout: 1 });
  const onNotify = (id: string): void => {
    if (id === probe.id) probe.onHeard();
    else onChange(id);
  };
  try {
    await sql.listen(CHANNEL, onNotify, onListen);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    end,
    isAlive: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), PROBE_TIMEOUT_MS);
        const answer = (isAlive: boolean): void => {
          clearTimeout(timer);
          resolve(isAlive);
        };
        probe = { id: randomId('req'), onHeard: () => answer(true) };
        sql.notify(CHANNEL, probe.id).catch(() => answer(false));
      }),
  };
}
