import { readFileSync } from 'node:fs';

const EVERY_MS = 250;

/** Watches a process's memory; `stop` returns the most it used, in MB, or null if /proc does not say. */
export function watchMemory(pid: () => number): { stop(): number | null } {
  let most_kb: number | null = null;
  const look = (): void => {
    const held_kb = residentKb(pid());
    if (held_kb !== null) most_kb = Math.max(most_kb ?? 0, held_kb);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return most_kb === null ? null : Math.round(most_kb / 1_024);
    },
  };
}

function residentKb(pid: number): number | null {
  try {
    const [, kb] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kb === undefined ? null : Number(kb);
  } catch {
    return null;
  }
}
