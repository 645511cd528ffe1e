import type { IncomingMessage, ServerResponse } from 'node:http';
import { accountKeyOf, keyIn } from '../http/auth.ts';
import { isFromElsewhere } from '../http/own-callers.ts';
import type { World } from '../world/world.ts';
import { type Control, controlOf } from './control.ts';
import { ControlError } from './find.ts';

type Body = Record<string, never> & { [key: string]: never };

/** `/_sim/*`: JSON, no authentication. `Authorization`, if sent, selects the account. */
export async function answerControl(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  raw: string,
): Promise<void> {
  if (isFromElsewhere(request)) return write(response, 403, { error: 'only from this machine' });
  const control = controlOf(world);
  const sent = keyIn(request.headers.authorization);
  const secretKey = sent === null ? undefined : accountKeyOf(world, sent);
  try {
    const body = raw === '' ? {} : (JSON.parse(raw) as Body);
    const [name = '', id = '', verb = ''] = path.slice('/_sim/'.length).split('/');
    const answer = await route(control, `${request.method} ${name}`, id, verb, body as Body, secretKey);
    if (answer === undefined) throw new ControlError(404, `no such control call: ${request.method} ${path}`);
    write(response, 200, answer);
  } catch (error) {
    // Tell the caller whatever is wrong with a control call: a test must not go on without it.
    const status = error instanceof ControlError ? error.status : 400;
    write(response, status, { error: error instanceof Error ? error.message : String(error) });
  }
}

function route(
  control: Control,
  call: string,
  id: string,
  verb: string,
  body: Body,
  secretKey: string | undefined,
): Promise<unknown> | undefined {
  return id === ''
    ? whole(control, call, body, secretKey)
    : single(control, `${call} ${verb}`.trim(), id, body);
}

/** Calls that name no object. */
function whole(
  control: Control,
  call: string,
  body: Body,
  secretKey: string | undefined,
): Promise<unknown> | undefined {
  switch (call) {
    case 'POST reset':
      return control.reset(secretKey);
    case 'GET state':
      return control.state();
    case 'GET health':
      return control.health();
    case 'GET clock':
      return control.clock();
    case 'POST clock':
      return control.clock(body);
    case 'GET faults':
      return control.listFaults();
    case 'POST faults':
      return control.faults(body as never);
    case 'GET cards':
      return control.cards();
    case 'GET bank_accounts':
      return control.bankAccounts();
    case 'GET requests':
      return control.requests(secretKey);
    case 'GET deliveries':
      return control.deliveries(secretKey);
    case 'GET webhooks':
      return control.webhooks();
    case 'PATCH webhooks':
      return control.webhooks(body);
    case 'GET ledger':
      return control.ledger(accountIn(secretKey, 'the ledger'));
    case 'POST keys':
      return control.key(accountIn(secretKey, 'a key'), body as never);
    default:
      return undefined;
  }
}

/** Calls that name one. */
function single(control: Control, call: string, id: string, body: Body): Promise<unknown> | undefined {
  switch (call) {
    case 'DELETE faults':
      return control.removeFault(id);
    case 'POST payment_methods script':
      return control.script(id, body.outcomes ?? []);
    case 'POST intents authenticate':
      return control.authenticate(id, outcomeIn(body));
    case 'POST intents settle':
      return control.settle(id, outcomeIn(body), body.failure_code);
    case 'POST charges dispute':
      return control.dispute(id, body.reason, body.inquiry);
    case 'POST charges fraud_warning':
      return control.fraudWarning(id, body.fraud_type);
    case 'POST disputes close':
      return control.closeDispute(id, verdictIn(body));
    case 'POST payment_methods renew':
      return control.renewCard(id, body as never);
    case 'POST mandates':
      return control.mandate(id, statusIn(body));
    case 'POST events resend':
      return control.resend(id);
    default:
      return undefined;
  }
}

function accountIn(secretKey: string | undefined, what: string): string {
  if (secretKey === undefined) throw new ControlError(400, `${what} needs an Authorization header`);
  return secretKey;
}

function verdictIn(body: Record<string, unknown>): 'won' | 'lost' {
  if (body.outcome === 'won' || body.outcome === 'lost') return body.outcome;
  throw new ControlError(400, "outcome must be 'won' or 'lost'");
}

function statusIn(body: Record<string, unknown>): 'active' | 'inactive' | 'pending' {
  const { status } = body;
  if (status === 'active' || status === 'inactive' || status === 'pending') return status;
  throw new ControlError(400, "status must be 'active', 'inactive' or 'pending'");
}

function outcomeIn(body: Record<string, unknown>): 'succeed' | 'fail' {
  if (body.outcome === 'succeed' || body.outcome === 'fail') return body.outcome;
  throw new ControlError(400, "outcome must be 'succeed' or 'fail'");
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
