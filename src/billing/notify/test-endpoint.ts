import { randomId } from '../../platform/ids.ts';
import type { EndpointRow } from '../../store/notify/endpoints.ts';
import type { Dependencies } from '../dependencies.ts';
import { failureOf } from '../notify-ports.ts';

export type TestResult = {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly code: string | null;
  readonly duration_ms: number;
  readonly answer: string | null;
};

/**
 * Sends an event of its own kind to an endpoint, once and now, disabled or not, and says what came back. It is of no change, so
 * it is in no feed and in no log, and no type that can be asked for.
 */
export async function testEndpoint(
  { notify, instance }: Pick<Dependencies, 'notify' | 'instance'>,
  endpoint: EndpointRow,
  shown: object,
  now: Date,
): Promise<TestResult | 'busy'> {
  const webhook_id = randomId('dce');
  const event = {
    id: webhook_id,
    object: 'event',
    type: 'webhook_endpoint.test',
    created_at: now.toISOString(),
    livemode: instance.livemode,
    version: endpoint.version,
    data: { object: shown },
  };
  const { id: endpoint_id, url, secrets } = endpoint;
  const body = JSON.stringify(event);
  const answer = await notify.send(
    { endpoint_id, url, webhook_id, body, secrets },
    new AbortController().signal,
  );
  if (answer.kind === 'busy' || answer.kind === 'aborted') return 'busy';
  const code = failureOf(answer);
  const isAnswered = answer.kind === 'answered';
  return {
    delivered: code === null,
    status: isAnswered ? answer.status : null,
    code,
    duration_ms: Math.round(answer.duration_ms),
    answer: isAnswered ? answer.answer : null,
  };
}
