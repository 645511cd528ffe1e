/** The bare loop beside its Stripe: the limit of every worker that makes two calls a charge with Stripe's SDK. */
import { shellEnvironment } from '../../sandbox/sandbox-environment.ts';
import { cpuOf } from '../charges/cpu.ts';
import { startChild } from './child.ts';
import type { Ground } from './ground.ts';
import { inventedPayers } from './payers.ts';
import type { Work } from './pipeline.ts';

export type Looped = { readonly per_s: number; readonly cpu_us: Readonly<Record<string, number>> };

export type LoopOptions = { readonly concurrency: number; readonly latency_ms: number };

export async function sdkLoop(
  { folder }: Ground,
  { warm, charges }: Work,
  { concurrency, latency_ms }: LoopOptions,
): Promise<Looped> {
  const shared = { env: shellEnvironment(), logFolder: folder };
  const args = ['--latency', String(latency_ms)];
  const stripe = startChild({ ...shared, name: 'canned-stripe', script: 'bench/canned-stripe.ts', args });
  try {
    const { url } = await stripe.line<{ url: string }>();
    const given = { url, key: 'sk_test_loop', concurrency, warm, count: charges, payers: inventedPayers() };
    const loop = startChild({
      ...shared,
      name: 'sdk-loop',
      script: 'bench/sdk-loop.ts',
      args: ['--given', JSON.stringify(given)],
    });
    try {
      const clocks = { loop: loop.pid, canned_stripe: stripe.pid };
      const clocked = () => Object.entries(clocks).map(([name, pid]) => [name, cpuOf(pid)] as const);
      await loop.line();
      const before = new Map(clocked());
      loop.go();
      const { ms } = await loop.line<{ ms: number }>();
      const cpu_us = clocked().flatMap(([name, after]) => {
        const from = before.get(name);
        return after === null || from === null || from === undefined
          ? []
          : [[name, Math.round((after - from) / charges)] as const];
      });
      return { per_s: Math.round((charges * 1_000) / ms), cpu_us: Object.fromEntries(cpu_us) };
    } finally {
      await loop.stop();
    }
  } finally {
    await stripe.stop();
  }
}
