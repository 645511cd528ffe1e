/** One rule of the simulator, as a textual change that removes it from the source. */
export type Rule = {
  /** The section, and the rule in words. */
  name: string;
  file: string;
  /** Occurs exactly once in `file`. */
  find: string;
  replace: string;
  testFile: string;
  /** The name, or a part of the name, of the test that must fail without the rule. */
  test: string;
};

const http = (name: string) => `simulator/http/${name}.ts`;
const tests = (name: string) => `test/simulator/${name}.test.ts`;

const sdkFacts: Rule[] = [
  {
    name: '3 a decline is a 402',
    file: 'simulator/machines/refusals.ts',
    find: 'new StripeHttpError(402,',
    replace: 'new StripeHttpError(400,',
    testFile: tests('http/sdk-facts'),
    test: 'turns a 402 of a charge into a card error',
  },
  {
    name: '3 lock_timeout says stripe-should-retry',
    file: http('locks'),
    find: "'stripe-should-retry', 'true', ",
    replace: '',
    testFile: tests('http/sdk-facts'),
    test: 'sends again after a 429 of an object lock',
  },
  {
    name: '3 reset_before closes the socket',
    file: http('server'),
    find: "if (fault === 'reset_before' || fault === 'reset_after')",
    replace: "if (fault === 'reset_after')",
    testFile: tests('http/sdk-facts'),
    test: 'sends once more under the same key when the socket closes',
  },
  {
    name: '3 a cut body is never sent again',
    file: http('server'),
    find: "if (fault !== 'partial_body') return",
    replace: 'if (true) return',
    testFile: tests('http/sdk-facts'),
    test: 'never sends again when the body is cut',
  },
  {
    name: '3 a 502 is HTML',
    file: http('dispatch'),
    find: "headers: ['content-type', 'text/html'], keeps: false",
    replace: 'headers: [], keeps: false',
    testFile: tests('http/faults'),
    test: 'html_502 answers as a gateway would',
  },
  {
    name: '3 signatures are keyed with the whole secret',
    file: 'simulator/events/sign.ts',
    find: "createHmac('sha256', secret)",
    replace: "createHmac('sha256', secret.replace('whsec_', ''))",
    testFile: tests('webhooks'),
    test: "is signed so that Stripe's own code accepts it",
  },
];

const idempotency: Rule[] = [
  {
    name: '5 a 402 is stored under its key',
    file: 'simulator/machines/refusals.ts',
    find: 'new StripeHttpError(402, body, true)',
    replace: 'new StripeHttpError(402, body, false)',
    testFile: tests('http/idempotency'),
    test: 'replays a decline: a real retry needs a new key',
  },
  {
    name: '5 a 500 is stored under its key',
    file: http('dispatch'),
    find: 'keeps: action.status === 500',
    replace: 'keeps: false',
    testFile: tests('http/idempotency'),
    test: 'replays a 500',
  },
  {
    name: '5 a wrong state is stored under its key',
    file: http('errors'),
    find: 'message, ...rest }, true);',
    replace: 'message, ...rest }, false);',
    testFile: tests('http/idempotency'),
    test: 'replays a 400 of an object in the wrong state',
  },
  {
    name: '5 a validation error is not stored',
    file: http('dispatch'),
    find: 'settleKey(account, asked.key, entry, null);',
    replace: 'settleKey(account, asked.key, entry, errorAnswer(error));',
    testFile: tests('http/idempotency'),
    test: 'a validation error: the same key works with corrected parameters',
  },
  {
    name: '5 a key with other parameters is refused',
    file: http('idempotency'),
    find: 'if (!sameRequest(entry, method, path, body))',
    replace: 'if (false)',
    testFile: tests('http/idempotency'),
    test: 'used with other parameters, another path or another object is refused',
  },
  {
    name: '5 a key in flight is a 409',
    file: http('idempotency'),
    find: 'new StripeHttpError(409,',
    replace: 'new StripeHttpError(400,',
    testFile: tests('http/idempotency'),
    test: 'a 409: once the first request is done',
  },
  {
    name: '5 a replay is marked',
    file: http('dispatch'),
    find: "'idempotent-replayed', 'true', ",
    replace: '',
    testFile: tests('http/idempotency'),
    test: 'is replayed byte for byte, marked',
  },
  {
    name: '5 keys are forgotten after 24 hours',
    file: http('idempotency'),
    find: '24 * 60 * 60 * 1000',
    replace: '48 * 60 * 60 * 1000',
    testFile: tests('http/idempotency'),
    test: 'is forgotten after 24 hours',
  },
  {
    name: '5 the order of parameters does not matter',
    file: http('form'),
    find: "flatten(parseForm(raw), '').sort()",
    replace: "flatten(parseForm(raw), '')",
    testFile: tests('http/idempotency'),
    test: 'is found again whatever the order of the parameters',
  },
];

const wire: Rule[] = [
  {
    name: '5 one change of an object at a time',
    file: http('dispatch'),
    find: 'if (route.locks) {',
    replace: 'if (false) {',
    testFile: tests('http/locks-and-limits'),
    test: 'let one of two confirms through and refuse the other',
  },
  {
    name: '5 25 requests a second per endpoint',
    file: http('limiter'),
    find: "if (own.tokens < 1) throw rateLimited('endpoint-rate');",
    replace: '',
    testFile: tests('http/locks-and-limits'),
    test: 'counts a method and a path template, whatever the id',
  },
  {
    name: '5 unknown parameters are refused',
    file: http('dispatch'),
    find: 'refuseLeftovers(params);',
    replace: '',
    testFile: tests('http/wire'),
    test: 'refuses an unknown parameter by its name in brackets',
  },
  {
    name: '5 payment_method_types is refused by its own code',
    file: http('params'),
    find: "if (key === 'payment_method_types' && params.prefix === '') throw typesRefused();",
    replace: '',
    testFile: tests('http/wire'),
    test: 'refuses payment_method_types on intents and sessions',
  },
  {
    name: '5 integers are strict',
    file: http('params'),
    find: '/^-?\\d{1,15}$/.test(value)',
    replace: 'Number.isFinite(Number(value))',
    testFile: tests('http/wire'),
    test: 'refuses "10.5" as an integer',
  },
  {
    name: '5 an unknown id in the path is a 404',
    file: http('errors'),
    find: 'new StripeHttpError(404, {',
    replace: 'new StripeHttpError(400, {',
    testFile: tests('http/errors'),
    test: 'is a 404 in the path of a payment_intent',
  },
  {
    name: '5 an unknown expand path is refused',
    file: http('expand'),
    find: ' || !leadsSomewhere(kind, inside)',
    replace: '',
    testFile: tests('http/lists'),
    test: 'refuses the path colour',
  },
  {
    name: '5 an empty value deletes a metadata key',
    file: http('shapes'),
    find: "if (merged[key] === '') delete merged[key];",
    replace: 'void key;',
    testFile: tests('http/lists'),
    test: 'merges, deletes a key by an empty text',
  },
  {
    name: '5 the limiter comes before the idempotency store',
    file: http('dispatch'),
    find: 'spendToken(world, account,',
    replace: 'if (entry === undefined) spendToken(world, account,',
    testFile: tests('http/locks-and-limits'),
    test: 'comes before the idempotency store: a replay is limited too',
  },
  {
    name: '5 an amount is at least 50 minor units',
    file: 'simulator/machines/confirm-payment.ts',
    find: 'if (amount < MIN_AMOUNT)',
    replace: 'if (amount < 0)',
    testFile: tests('http/errors'),
    test: 'refuses 49 as amount_too_small',
  },
  {
    name: '5 lists are newest first, backwards too',
    file: http('lists'),
    find: 'found.reverse()',
    replace: 'found',
    testFile: tests('http/lists'),
    test: 'goes on after an id and before an id',
  },
  {
    name: '5 only test keys are keys',
    file: http('auth'),
    find: '/^(sk|rk)_test_[A-Za-z0-9_]+$/',
    replace: '/^(sk|rk)_/',
    testFile: tests('http/wire'),
    test: 'refuses the key "sk_live_abc" with 401',
  },
  {
    name: '5 each key is its own account',
    file: http('auth'),
    find: 'accountOf(world, key)',
    replace: "accountOf(world, 'sk_test_one')",
    testFile: tests('http/wire'),
    test: 'keeps the objects of one key from another',
  },
];

/** The rules that `revert-rules.ts` removes one by one. */
export const rules: readonly Rule[] = [...sdkFacts, ...idempotency, ...wire];
