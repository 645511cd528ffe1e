/** Receives Duecourse's notifications. DUECOURSE_WEBHOOK_SECRETS: the endpoint's secret; two, while one is rotated. */
import Fastify from 'fastify';
import { verifyWebhook } from '../clients/typescript/src/client.ts';

const { DUECOURSE_WEBHOOK_SECRETS = '', PORT = '4000' } = process.env;
const secrets = DUECOURSE_WEBHOOK_SECRETS.split(',');
/** A table of yours, in the transaction that does what the event asks for. */
const seen = new Set<string>();

const app = Fastify();
// The signature covers the bytes as they came.
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, raw, done) => done(null, raw));

app.post('/duecourse', (request, reply) => {
  const verdict = verifyWebhook(secrets, request.headers, request.body as Buffer);
  if (verdict.outcome === 'refused') return reply.code(400).send({ because: verdict.because });
  const { event } = verdict;
  if (!seen.has(event.id)) console.log(`${event.id} ${event.type} ${event.data.object.id}`);
  seen.add(event.id);
  return reply.code(204).send();
});

console.log(`Listening at ${await app.listen({ port: Number(PORT) })}`);
