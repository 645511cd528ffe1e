/** `?wait=20`: holds the request until its row is settled for the caller; the change itself wakes it. */
import type { FastifyRequest } from 'fastify';
import type { Changes } from '../store/work/changes.ts';

/**
 * Reads until `isSettled`, after every change and once at the end; answers what was read last. Ends early when
 * the caller has gone.
 */
export async function readSettled<View>(
  changes: Changes,
  wait: { readonly id: string; readonly seconds: number; readonly request: FastifyRequest },
  read: () => Promise<View>,
  isSettled: (view: View) => boolean,
): Promise<View> {
  if (wait.seconds === 0) return read();
  const bell = openBell(wait.seconds * 1_000);
  const { socket } = wait.request.raw;
  // Subscribed before the first read, so that no change falls in between.
  const unsubscribe = changes.subscribe(wait.id, { changed: bell.ring, over: bell.end });
  socket.once('close', bell.end);
  try {
    let view = await read();
    if (!isSettled(view)) wait.request.place?.moveTo('waiting');
    while (!isSettled(view) && (await bell.rung())) view = await read();
    return isSettled(view) ? view : await read();
  } finally {
    unsubscribe();
    socket.off('close', bell.end);
    bell.end();
  }
}

type Bell = { ring(): void; end(): void; rung(): Promise<boolean> };

/** Remembers a ring that comes while nothing awaits it; `rung` answers false when the time is over. */
function openBell(ms: number): Bell {
  let isRung = false;
  let isOver = false;
  let answer = (): void => {};
  const timer = setTimeout(() => end(), ms);
  function end(): void {
    clearTimeout(timer);
    isOver = true;
    answer();
  }
  return {
    end,
    ring: () => {
      isRung = true;
      answer();
    },
    rung: async () => {
      if (!isRung && !isOver) {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      }
      const wasRung = isRung && !isOver;
      isRung = false;
      return wasRung;
    },
  };
}
