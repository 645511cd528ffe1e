/** The receiving side: the client and its verdict on webhooks, and what the description says of a call. */
import type { Mutation } from '../../mutations/mutation.ts';
import { unit } from '../checks.ts';

const RETRY = 'clients/typescript/src/retry.ts';
const VERIFY = 'clients/typescript/src/verify-webhook.ts';

export const client: readonly Mutation[] = [
  {
    name: 'the client repeats a POST under another Idempotency-Key',
    edits: [
      {
        file: RETRY,
        find: 'const answer = await fetch(request.clone(), { signal });',
        replace:
          "const again = request.clone(); again.headers.set('idempotency-key', String(tries)); const answer = await fetch(again, { signal });",
      },
    ],
    check: unit('client/client', 'the same bytes under the same key'),
  },
  {
    name: 'the client takes a lost answer for the end',
    edits: [
      { file: RETRY, find: 'if (request.signal.aborted || isLast) throw error;', replace: 'throw error;' },
    ],
    check: unit('client/client', 'the same bytes under the same key'),
  },
  {
    name: 'the client asks for ever',
    edits: [
      {
        file: RETRY,
        find: 'const isLast = tries >= triesMax;',
        replace: 'const isLast = tries > 2 * triesMax;',
      },
    ],
    check: unit('client/client', 'it ends after so many tries'),
  },
  {
    name: 'the client goes on after its caller has given up',
    edits: [
      {
        file: RETRY,
        find: 'AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)])',
        replace: 'AbortSignal.timeout(timeoutMs)',
      },
    ],
    check: unit('client/client', 'whoever called may give up'),
  },
  {
    name: 'the client has one random key for all its calls',
    edits: [
      {
        file: 'clients/typescript/src/client.ts',
        find: "request.headers.set('idempotency-key', randomUUID());",
        replace: "request.headers.set('idempotency-key', apiKey);",
      },
    ],
    check: unit('client/client', 'a call shows the key of the API'),
  },
  {
    name: 'a receiver believes a recorded webhook for ever',
    edits: [{ file: VERIFY, find: "if (age_s > TOLERANCE_S) return refused('too_old');\n", replace: '' }],
    check: unit('client/verify-webhook', 'five minutes are the limit'),
  },
  {
    name: 'a receiver believes a webhook that is dated in the future',
    edits: [{ file: VERIFY, find: "if (age_s < -TOLERANCE_S) return refused('in_future');\n", replace: '' }],
    check: unit('client/verify-webhook', 'five minutes are the limit'),
  },
  {
    name: "a receiver leaves a webhook's id out of its signature",
    edits: [{ file: VERIFY, find: '{id}.$', replace: "{'dce_1'}.$" }],
    check: unit('client/verify-webhook', 'one changed character'),
  },
  {
    name: 'a receiver looks at the first signature of a webhook only',
    edits: [{ file: VERIFY, find: ".split(' ', SIGNATURES_MAX)", replace: ".split(' ', 1)" }],
    check: unit('client/verify-webhook', 'while a secret is rotated'),
  },
  {
    name: 'a receiver tries the first of its secrets only',
    edits: [
      {
        file: VERIFY,
        find: 'const keys = [secrets].flat().map(keyOf);',
        replace: 'const keys = [secrets].flat().slice(0, 1).map(keyOf);',
      },
    ],
    check: unit('client/verify-webhook', 'while a secret is rotated'),
  },
  {
    name: 'the description forgets what a call with a body may be refused with',
    edits: [
      {
        file: 'src/api/operations/operation.ts',
        find: "if (hasBody) codes.push('payload_too_large', 'unsupported_media_type');\n",
        replace: '',
      },
    ],
    check: unit('api/openapi', 'docs/openapi.json is what the routes say'),
  },
  {
    name: 'the description forgets that an erasure may be refused',
    edits: [
      {
        file: 'src/api/operations/customers.ts',
        find: "refusals: ['charges_open'],",
        replace: 'refusals: [],',
      },
    ],
    check: unit('api/openapi', 'docs/openapi.json is what the routes say'),
  },
];
