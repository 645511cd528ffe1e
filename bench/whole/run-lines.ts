/** Lines of a run, for one customer after another: as the statement of runs takes them, and as an upload has them. */
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import type { ChargeTerms } from '../../src/domain/charge/charge-terms.ts';
import { randomId } from '../../src/platform/ids.ts';
import type { RunLine } from '../../src/store/run/run-lines.ts';
import type { Payer } from './payers.ts';
import type { Scene } from './scene.ts';

/** As many as the API gathers from an upload for one statement. */
export const LINES_A_STATEMENT = 500;
const LINES_A_PIECE = 200;
const UPLOAD_MS = 3_600_000;
const TERMS: ChargeTerms = {
  retry_days: [1, 3, 5],
  deadline_days: 14,
  on_expiry: 'close',
  mails: true,
  early_mail: false,
  receipt: false,
};

/** What a line says of itself, whoever takes it in. */
function lineAt(payers: readonly Payer[], name: string, index: number) {
  return {
    reference: `${name}-${index}`,
    customer: payers[index % payers.length]?.customer_id ?? '',
    amount: 1_250 + (index % 100),
    currency: 'eur',
    description: 'Power in October',
    metadata: { meter: `m-${index}` },
  };
}

/** So many lines in batches, each for one statement. */
export function lineBatches(payers: readonly Payer[], name: string, count: number): RunLine[][] {
  return Array.from({ length: Math.ceil(count / LINES_A_STATEMENT) }, (_, batch) =>
    Array.from({ length: LINES_A_STATEMENT }, (_none, place): RunLine => {
      const line = lineAt(payers, name, batch * LINES_A_STATEMENT + place);
      return {
        id: randomId('chg'),
        reference: line.reference,
        customer_id: line.customer,
        customer_reference: null,
        payment_method_id: null,
        amount_minor: line.amount,
        currency: line.currency,
        description: line.description,
        scheduled_for: null,
        metadata: line.metadata,
        terms: TERMS,
        document: null,
        usage: null,
        again_of: null,
        request_hash: createHash('sha256').update(line.reference).digest(),
      };
    }),
  );
}

/** Makes a run through the API; returns its id. */
export async function makeRun(scene: Scene, name: string): Promise<string> {
  const { id } = (await post(scene, '/v1/runs', { name }, `run-${name}`)) as { id: string };
  return id;
}

export async function startRun(scene: Scene, run: string): Promise<void> {
  await post(scene, `/v1/runs/${run}/start`, {}, `start-${run}`);
}

/** One request of a merchant; throws unless it is answered with a 2xx. */
export async function post(
  { api_url, api_key }: Scene,
  path: string,
  body: object,
  key: string,
): Promise<unknown> {
  const response = await fetch(`${api_url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api_key}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Uploads so many lines as NDJSON, written as fast as they are read. Throws unless every line was accepted. */
export async function uploadLines(scene: Scene, run: string, name: string, count: number): Promise<void> {
  const sent = request(`${scene.api_url}/v1/runs/${run}/charges`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.api_key}`, 'content-type': 'application/x-ndjson' },
    signal: AbortSignal.timeout(UPLOAD_MS),
  });
  const answered = new Promise<string>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.once('end', () => resolve(text)).once('error', reject);
    });
  });
  const [text] = await Promise.all([answered, piped(Readable.from(ndjson(scene.payers, name, count)), sent)]);
  const { accepted } = JSON.parse(text) as { accepted?: number };
  if (accepted !== count)
    throw new Error(`${accepted} of ${count} lines were accepted: ${text.slice(0, 500)}`);
}

function* ndjson(payers: readonly Payer[], name: string, count: number): Generator<string> {
  for (let first = 0; first < count; first += LINES_A_PIECE) {
    const lines = Math.min(LINES_A_PIECE, count - first);
    yield Array.from(
      { length: lines },
      (_, place) => `${JSON.stringify(lineAt(payers, name, first + place))}\n`,
    ).join('');
  }
}
