import { silentLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { buildApp } from './app.ts';
import type { AppDependencies } from './dependencies.ts';

/**
 * The description of the API, from the routes' schemas. Opens nothing: registering a route calls nothing, so the
 * dependencies need only what registration reads.
 */
export async function openApiDocument(): Promise<object> {
  const read = {
    log: silentLog(),
    changes: { release: () => {} },
    metrics: createMetrics(),
    instance: { id: 'ins_docs', deriveKey: Buffer.alloc(0), livemode: true },
    recovery: { public_url: 'https://duecourse.invalid' },
    config: {
      merchant: { name: 'Merchant', support_email: 'support@duecourse.invalid' },
      stripeApiUrl: null,
      returnOrigins: [],
      linkKeys: [{ kid: 'docs', secret: '' }],
      trustedProxies: [],
    },
  };
  const app = await buildApp(read as unknown as AppDependencies);
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
