/**
 * The door. Five contexts beside each other, each with its own idea of a body and of who may call:
 *
 *   /v1        JSON, an API key, limits            /webhooks/stripe   raw bytes, Stripe's signature
 *   /r /s      HTML, the customer's links          /docs              the description of /v1
 *   /livez /readyz /metrics
 */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import { randomId } from '../platform/ids.ts';
import { registerRecoveryPages } from '../recovery/page/pages.ts';
import { registerSetupPages } from '../recovery/setup-page/setup-pages.ts';
import { type Admission, type AdmissionLimits, createAdmission } from './admission/admission.ts';
import { boundBodies, LINES_TIMEOUT_MS } from './admission/body-deadline.ts';
import type { Api } from './api.ts';
import { authenticate } from './authentication.ts';
import type { AppDependencies } from './dependencies.ts';
import { describeApi, docsRoutes } from './docs.ts';
import { handleErrors, sendError } from './error-handler.ts';
import { BODY_BYTES_MAX, readJsonBodies } from './json-body.ts';
import { problem } from './problem.ts';
import { parseQuery } from './query.ts';
import { logRequests } from './request-log.ts';
import { chargeChangeRoutes } from './routes/charge-changes.ts';
import { chargeRoutes } from './routes/charges.ts';
import { consentRoutes } from './routes/consents.ts';
import { customerRoutes } from './routes/customers.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { evidenceRoute } from './routes/evidence.ts';
import { healthRoutes } from './routes/health.ts';
import { newChargeRoute } from './routes/new-charge.ts';
import { paymentMethodRoutes } from './routes/payment-methods.ts';
import { recoveryRoutes } from './routes/recovery.ts';
import { refundRoutes } from './routes/refunds.ts';
import { runLineRoutes } from './routes/run-lines.ts';
import { runReportRoutes } from './routes/run-reports.ts';
import { runRoutes } from './routes/runs.ts';
import { setupRoutes } from './routes/setups.ts';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.ts';
import { webhookRoute } from './routes/webhooks.ts';
import { validateWithZod } from './validation.ts';

export type { AppDependencies } from './dependencies.ts';

/** A request must have arrived completely within this time: a quarter of a megabyte over a poor line. */
const REQUEST_TIMEOUT_MS = 8_000;
/** Node looks for requests that are late only so often; every 30 s by default. */
const CHECK_CONNECTIONS_MS = 1_000;
/** Longer than the longest `wait`. */
const CONNECTION_TIMEOUT_MS = 60_000;
/** Longer than the idle time of usual proxies, so that they are the ones to hang up. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** Calls per second of one key: far above a merchant's busiest night, below what would drown the API. */
const CALLS_PER_SECOND_MAX = 2_000;

/** The policy of answers that are not pages: everything is forbidden. */
const NO_PAGE = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
} as const;

export type Limits = AdmissionLimits & {
  readonly callsPerSecondMax?: number;
  readonly requestTimeoutMs?: number;
};

/** Builds the API; The caller calls `listen` and `close`. It connects to nothing before a request comes. */
export async function buildApp(deps: AppDependencies, limits: Limits = {}): Promise<FastifyInstance> {
  const { config, log } = deps;
  const requestTimeout = limits.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const app = Fastify({
    logger: false,
    // The address of a press is evidence. Without a known proxy anybody could claim one.
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    requestIdHeader: false,
    genReqId: () => randomId('req'),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: LINES_TIMEOUT_MS,
    // Fastify tells Node only the first of these, and only once the others have got their defaults.
    http: {
      requestTimeout: LINES_TIMEOUT_MS,
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
    },
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // While closing, we answer connected clients as usual and tell them to reconnect.
    return503OnClosing: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    allowErrorHandlerOverride: false,
    routerOptions: {
      maxParamLength: 200,
      caseSensitive: true,
      ignoreTrailingSlash: false,
      querystringParser: parseQuery,
    },
    // Before Fastify has found a route, for example of a malformed address.
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply, log),
  });
  handleErrors(app, log);
  closePromptly(app, deps.changes);
  logRequests(app, log, deps.metrics);
  boundBodies(app, requestTimeout);
  const admission = createAdmission(app, deps, limits);
  await describeApi(app);
  await app.register(async (v1) => apiRoutes(v1, deps, admission, limits));
  await app.register(async (webhooks) => {
    admission.guard(webhooks, 'webhooks');
    await webhooks.register(helmet, NO_PAGE);
    await webhookRoute(webhooks, deps);
  });
  await app.register(async (health) => {
    await health.register(helmet, NO_PAGE);
    await healthRoutes(health, deps);
  });
  await app.register(docsRoutes);
  await app.register(async (pages) => {
    admission.guard(pages, 'pages', { isPage: true });
    registerRecoveryPages(pages, pagesOf(deps));
    registerSetupPages(pages, pagesOf(deps));
  });
  return app;
}

/**
 * Answers all held requests when closing begins. From then on each answer ends its connection, because a kept-alive
 * connection would delay the close until its deadline.
 */
function closePromptly(app: FastifyInstance, changes: AppDependencies['changes']): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    changes.release();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

/** Everything that an API key opens. This list is the documentation. */
async function apiRoutes(
  instance: FastifyInstance,
  deps: AppDependencies,
  admission: Admission,
  limits: Limits,
): Promise<void> {
  admission.guardKeyed(instance, 'api');
  await instance.register(helmet, NO_PAGE);
  instance.decorateRequest('apiKey', null);
  instance.decorateRequest('sentBody', null);
  authenticate(instance, deps.sql, deps.instance.livemode);
  await instance.register(rateLimit, {
    // After authentication, so that no caller can use up another's budget; before the body is read.
    hook: 'preParsing',
    max: limits.callsPerSecondMax ?? CALLS_PER_SECOND_MAX,
    timeWindow: 1_000,
    keyGenerator: (request) => request.apiKey?.id ?? request.ip,
    errorResponseBuilder: () => problem('rate_limited'),
  });
  readJsonBodies(instance);
  validateWithZod(instance);
  instance.addHook('preValidation', async (request) => {
    request.sentBody = request.body;
  });
  instance.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });

  const app: Api = instance.withTypeProvider();
  customerRoutes(app, deps);
  setupRoutes(app, deps);
  paymentMethodRoutes(app, deps);
  consentRoutes(app, deps);
  newChargeRoute(app, deps);
  chargeRoutes(app, deps);
  chargeChangeRoutes(app, deps);
  refundRoutes(app, deps);
  evidenceRoute(app, deps);
  recoveryRoutes(app, deps);
  runRoutes(app, deps);
  runLineRoutes(app, deps);
  runReportRoutes(app, deps);
  webhookEndpointRoutes(app, deps);
  deliveryRoutes(app, deps);
  eventRoutes(app, deps);
}

function pagesOf(deps: AppDependencies): Parameters<typeof registerRecoveryPages>[1] {
  const { config } = deps;
  return {
    billing: deps,
    link_keys: config.linkKeys,
    merchant: config.merchant,
    stripe_api_url: config.stripeApiUrl,
    // A press that waits for its twin costs memory only, like a merchant's `?wait`.
    leaveRoom: (request) => request.place?.moveTo('waiting'),
    countView: (state) => deps.metrics.recoveryPageViewsTotal.inc({ state }),
  };
}
