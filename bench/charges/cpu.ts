/** The CPU time that processes have used, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** `USER_HZ`, which is the same on every architecture that Node 20 runs on. */
const TICK_US = 10_000;

type Stat = { readonly parent: number; readonly own: number; readonly ofEnded: number };

/** Microseconds of one process; null if /proc does not say. */
export function cpuOf(pid: number): number | null {
  const stat = statOf(pid);
  return stat === null ? null : stat.own * TICK_US;
}

/** The same for a process and its children, including those that have ended. */
export function cpuWithChildren(pid: number): number | null {
  const parent = statOf(pid);
  if (parent === null) return null;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid);
  const ticks = children.reduce((sum, stat) => sum + (stat?.own ?? 0), parent.own + parent.ofEnded);
  return ticks * TICK_US;
}

/** utime and stime, and those of reaped children: fields 14 to 17, counted after the name. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, own: utime + stime, ofEnded: cutime + cstime };
  } catch {
    return null;
  }
}
