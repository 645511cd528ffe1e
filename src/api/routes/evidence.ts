import type { FastifyReply, FastifyRequest } from 'fastify';
import { readChargeRow } from '../../store/charge/charge-list.ts';
import { listMails, listPresses, readConsentsOf } from '../../store/charge/evidence.ts';
import { readCustomer } from '../../store/customer/customers.ts';
import { readMethod } from '../../store/customer/payment-method-list.ts';
import { listEventsOf } from '../../store/events/event-list.ts';
import { readTimeline } from '../../store/work/timeline.ts';
import type { Api } from '../api.ts';
import type { AppDependencies } from '../dependencies.ts';
import { found, knownId } from '../lookup.ts';
import { refundOperations } from '../operations/refunds.ts';
import { chargeEvidence, type EvidenceView } from '../schemas/evidence.ts';
import { reads } from '../schemas/route.ts';
import { chargeView } from '../views/charge.ts';
import { consentView } from '../views/consent.ts';
import { customerView } from '../views/customer.ts';
import { evidenceHeaders, evidencePage } from '../views/evidence-page.ts';
import { paymentMethodView } from '../views/payment-method.ts';
import { timelineView } from '../views/timeline.ts';

/** What there is to show for a payment when it is asked back: as JSON, or for `Accept: text/html` as a page to print. */
export function evidenceRoute(app: Api, deps: AppDependencies): void {
  app.get(
    '/v1/charges/:id/evidence',
    reads(refundOperations.retrieveChargeEvidence, chargeEvidence),
    async (request, reply) => {
      const evidence = await readEvidence(deps, knownId('chg', request.params.id));
      if (!wantsPage(request)) return evidence;
      // The page is no answer of the schema's: as a text it passes by its serializer.
      await sendEvidencePage(reply as unknown as FastifyReply, deps, evidence);
      return reply;
    },
  );
}

/** A browser names HTML first; whoever names JSON, or nothing, gets JSON. */
function wantsPage({ headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  const html = accept.indexOf('text/html');
  const json = accept.indexOf('application/json');
  return html >= 0 && (json < 0 || html < json);
}

async function sendEvidencePage(
  reply: FastifyReply,
  { config }: AppDependencies,
  evidence: EvidenceView,
): Promise<void> {
  const page = evidencePage(evidence);
  await reply.headers(evidenceHeaders(config.publicUrl)).type('text/html; charset=utf-8').send(page);
}

async function readEvidence(deps: AppDependencies, id: string): Promise<EvidenceView> {
  const { tables, sql } = deps;
  const row = found(await readChargeRow(tables, id));
  const charge = chargeView(row);
  const method_id = charge.paid_with?.payment_method ?? charge.payment_method;
  const [customer, method, consents, mails, presses, moves, events] = await Promise.all([
    readCustomer(tables, row.customer_id),
    readMethod(tables, method_id),
    readConsentsOf(tables, id),
    listMails(tables, id),
    listPresses(tables, id),
    readTimeline(tables, id),
    listEventsOf(sql, id),
  ]);
  return {
    object: 'charge_evidence',
    charge,
    customer: customerView(found(customer)),
    payment_method: method === null ? null : paymentMethodView(method),
    consents: consents.map(consentView),
    mails: mails.map((mail) => ({
      id: mail.id,
      recovery: mail.recovery_id,
      step: mail.step,
      status: mail.state,
      created_at: mail.created_at.toISOString(),
      sent_at: mail.sent_at?.toISOString() ?? null,
    })),
    presses: presses.map((press) => ({ ...press, at: press.at.toISOString() })),
    timeline: timelineView(moves, events),
  };
}
