import type { OperatorMail } from '../../billing/recovery-ports.ts';

const REASONS: Readonly<Record<string, string>> = {
  gone: 'It answered 410 Gone, which says that nothing is to be sent to it any more.',
  failing: 'For five days every notification to it has failed.',
};

/** What an operator reads of an endpoint that we disabled: plain words, no customer's data, and nothing that is secret. */
export function operatorWords({ endpoint_id, host, reason }: OperatorMail): {
  subject: string;
  text: string;
} {
  return {
    subject: `Notifications to ${host} have stopped`,
    text: `The webhook endpoint ${endpoint_id} at ${host} is disabled.
${REASONS[reason ?? ''] ?? 'It is disabled.'}

Nothing is lost: what happens meanwhile is kept for it. Once its receiver is back,
enable it again, and everything that waits is sent:

  PATCH /v1/webhook_endpoints/${endpoint_id} {"status": "enabled"}

What was sent, and what came back, is listed under
GET /v1/webhook_endpoints/${endpoint_id}/deliveries
`,
  };
}
