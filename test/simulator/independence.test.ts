import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { PaymentIntent } from '../../simulator/objects/payment-intent.ts';
import type { Wire } from '../../simulator/wire-type.ts';

const home = fileURLToPath(new URL('../../simulator', import.meta.url));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : [];
  });
}

describe('the simulator', () => {
  it('imports nothing of ours, and nothing at run time but Node itself', () => {
    const foreign = sources(home).flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const imports = [...text.matchAll(/^(?:import|export)\b([^'";]*?)from '([^']+)'/gms)];
      return imports.flatMap(([, what = '', from = '']) => {
        if (from.startsWith('node:')) return [];
        if (from === 'stripe' && what.trimStart().startsWith('type ')) return [];
        const inside = from.startsWith('.') && !relative(home, resolve(file, '..', from)).startsWith('..');
        return inside ? [] : [`${relative(home, file)} imports ${from}`];
      });
    });
    expect(sources(home).length).toBeGreaterThan(20);
    expect(foreign).toEqual([]);
  });

  it('does not compile with a misspelt status: the type checker runs over these lines', () => {
    const right: Wire<Stripe.PaymentIntent>['status'] = 'succeeded';
    // @ts-expect-error a misspelt status
    const wrong: Wire<Stripe.PaymentIntent>['status'] = 'suceeded';
    // @ts-expect-error the same in the type that the simulator's own builder returns
    const ours: PaymentIntent['status'] = 'suceeded';
    // The SDK's own type would have let it pass, which is why `Wire` exists.
    const open: Stripe.PaymentIntent['status'] = 'suceeded' as const;
    expect([right, wrong, ours, open]).toHaveLength(4);
  });

  it('started from the command line tells address and keys in its first line, and they work', async () => {
    const child = spawn(
      'node',
      ['--import', 'tsx', join(home, 'cli.ts'), '--port', '0', '--latency', '1-5'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const ready = JSON.parse(line) as Record<string, string>;
      expect(Object.keys(ready).sort()).toEqual(['publishable_key', 'secret_key', 'url', 'webhook_secret']);
      const { hostname, port } = new URL(ready.url ?? '');
      const stripe = new Stripe(ready.secret_key ?? '', {
        host: hostname,
        port,
        protocol: 'http',
        maxNetworkRetries: 0,
        telemetry: false,
        timeout: 60_000,
      });
      expect((await stripe.customers.create({ name: 'x' })).name).toBe('x');
    } finally {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    }
  });
});
