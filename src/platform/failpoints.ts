/**
 * Failpoints: named places where a test makes this process die, hang or stumble.
 *
 * Nothing happens unless a specification was configured, and that is refused outside test mode; the
 * configuration refuses it as well, so two walls stand between production and `kill`.
 *
 * Specification: `name:action[:arg][@n]`, comma-separated. Without `@n` every hit acts, with it only the
 * n-th. Actions: `kill` (SIGKILL to itself), `stop` (SIGSTOP to itself), `throw`, `hang` (for ever),
 * `delay:<ms>`.
 */
import { writeSync } from 'node:fs';
import { AppError, unreachable } from './errors.ts';

const STDERR = 2;
const SPEC_PATTERN = /^([a-z][a-z0-9_.-]*):(kill|stop|throw|hang|delay:(\d{1,6}))(?:@([1-9]\d{0,5}))?$/;

interface Failpoint {
  readonly action: 'kill' | 'stop' | 'throw' | 'hang' | 'delay';
  readonly delayMs: number;
  /** Acts on this hit only; `null` on every one. */
  readonly onHit: number | null;
  hits: number;
}

let configured: ReadonlyMap<string, Failpoint> = new Map();

/**
 * Arms the failpoints of a specification, or disarms all of them with `null`.
 *
 * @throws AppError `failpoints_refused` outside test mode, `failpoints_invalid` for a specification that says
 * nothing
 */
export function configureFailpoints(spec: string | null, options: { readonly testMode: boolean }): void {
  configured = new Map();
  if (spec === null) return;
  if (!options.testMode) throw new AppError('failpoints_refused');
  configured = new Map(spec.split(',').map(parse));
}

/**
 * Passes a named place. Before acting it writes one synchronous line to stderr, so that a parent can tell a
 * process that died here from one that died elsewhere.
 *
 * @throws AppError `failpoint_thrown` where the specification says `throw`
 */
export async function failpoint(name: string): Promise<void> {
  const point = configured.get(name);
  if (!point) return;
  point.hits += 1;
  if (point.onHit !== null && point.hits !== point.onHit) return;
  writeSync(STDERR, `${JSON.stringify({ event: 'failpoint.hit', failpoint: name })}\n`);
  switch (point.action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return forEver();
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'throw':
      throw new AppError('failpoint_thrown');
    case 'hang':
      return forEver();
    case 'delay':
      return new Promise((resolve) => setTimeout(resolve, point.delayMs));
    default:
      return unreachable(point.action);
  }
}

function parse(item: string): [string, Failpoint] {
  const match = SPEC_PATTERN.exec(item.trim());
  const [, name, action, delayMs, onHit] = match ?? [];
  if (!name || !action) {
    throw new AppError('failpoints_invalid', { message: 'Failpoints must be name:action[:arg][@n],…' });
  }
  const kind = delayMs === undefined ? (action as Exclude<Failpoint['action'], 'delay'>) : 'delay';
  return [
    name,
    { action: kind, delayMs: Number(delayMs ?? 0), onHit: onHit ? Number(onHit) : null, hits: 0 },
  ];
}

function forEver(): Promise<never> {
  // The timer keeps the process alive: hanging is the point.
  return new Promise(() => setInterval(() => {}, 60_000));
}
