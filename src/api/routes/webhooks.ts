/**
 * Stripe's webhooks: exact bytes, a signature, a row, 200. What the event changes is decided later, by a worker.
 */
import type { FastifyInstance } from 'fastify';
import { receiveEvent } from '../../billing/janitor/receive-event.ts';
import { verifyWebhook } from '../../stripe/events/webhook.ts';
import type { AppDependencies } from '../dependencies.ts';
import { fieldProblem } from '../problem.ts';

const BODY_BYTES_MAX = 1024 * 1024;

const REASONS = {
  header_missing: 'is required',
  header_malformed: 'must be t=<unix seconds>,v1=<hex>',
  signature_mismatch: 'does not sign this body',
  too_old: 'is too old',
  in_future: 'is dated in the future',
} as const;

/** A context of its own: any content type, no JSON, no API key. */
export async function webhookRoute(app: FastifyInstance, deps: AppDependencies): Promise<void> {
  const { config, log, metrics } = deps;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, raw, done) => {
    done(null, raw);
  });

  app.post('/webhooks/stripe', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const header = request.headers['stripe-signature'];
    const verdict = verifyWebhook({
      raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      header: typeof header === 'string' ? header : undefined,
      secrets: config.stripeWebhookSecrets,
      // Signatures are dated by the real clock, never by the test clock.
      now_ms: Date.now(),
    });
    switch (verdict.kind) {
      case 'refused':
        metrics.inboxEventsTotal.inc({ type: 'unverified', outcome: verdict.reason });
        throw fieldProblem('Stripe-Signature', REASONS[verdict.reason], 'signature_invalid');
      case 'unreadable':
        // Genuine, but of a kind that we cannot apply; sending it again would not help.
        log.warn({ event: 'inbox_event.unreadable' });
        metrics.inboxEventsTotal.inc({ type: 'unreadable', outcome: 'ignored' });
        break;
      case 'verified': {
        const reception = await receiveEvent(deps, verdict.event);
        metrics.inboxEventsTotal.inc({ type: 'verified', outcome: reception });
        if (reception === 'received')
          metrics.webhookLagSeconds.observe(Math.max(0, Date.now() / 1_000 - verdict.event.created_s));
        if (reception === 'wrong_mode') metrics.breaksTotal.inc({ kind: 'livemode' });
        break;
      }
    }
    return reply.code(200).send({ received: true });
  });
}
