/** Whether merchants and customers got the truth: in notifications, in mails, and from the API itself. */
import { machines } from '../../../src/domain/machines.ts';
import type { Evidence, MessageRow } from '../evidence.ts';
import { byKey, ENDS, type Invariant } from './breach.ts';
import { keeps, mayBeLost, oursIn } from './ours.ts';

const LINK = /\/r\/v1\.(rec_[a-z2-7]+)\./;
/** A statement that began before the settlement was visible may end after it. */
const SLACK_MS = 2_500;

/** I-14: one event for each move that merchants are told of, and no other. */
export const eachChangeTold: Invariant = ({ transitions, told }) => {
  const given = byKey(
    told.filter(({ type }) => MOVES.has(type)),
    (event) => event.object_id,
  );
  const moves = byKey(
    transitions.filter((move) => move.entity === 'charge'),
    (move) => move.entity_id,
  );
  return [...moves].flatMap(([subject, rows]) => {
    const owed = rows.flatMap(({ from_state, to_state, version }) => {
      const type = toldOf(from_state, to_state);
      return type === null ? [] : [`${version} ${type}`];
    });
    const events = (given.get(subject) ?? []).map((event) => `${event.version} ${event.type}`);
    const text = `was told ${events.join(', ')} instead of ${owed.join(', ')}`;
    return owed.join() === events.join() ? [] : [{ harm: 'wrong_told', subject, text }];
  });
};

/** What happens to a charge beside its moves (attempts, refunds, disputes) is told as well, and judged elsewhere. */
const MOVES: ReadonlySet<string> = new Set([machines.charge.born, ...Object.values(machines.charge.told)]);

function toldOf(from: string | null, to: string): string | null {
  const told: Readonly<Record<string, string>> = machines.charge.told;
  if (from === null) return machines.charge.born;
  const type = told[to] ?? null;
  return type === told[from] ? null : type;
}

/**
 * I-15: the merchant is notified of exactly one end; it is the charge's, and Stripe's ledger does not contradict it.
 */
export const oneEndTold: Invariant = (evidence) => {
  const { told, charges } = evidence;
  const owners = new Map(charges.map((charge) => [charge.stripe_payment_intent_id, charge.id]));
  const paid = new Set(
    oursIn(evidence)
      .filter(keeps(evidence))
      .map((intent) => owners.get(intent.id) ?? intent.metadata.dc_charge),
  );
  const ends = byKey(
    told.filter(({ type }) => type.startsWith('charge.') && ENDS.has(type.slice('charge.'.length))),
    (event) => event.object_id,
  );
  return charges
    .filter((charge) => ENDS.has(charge.state) || ends.has(charge.id))
    .flatMap((charge) => {
      const types = (ends.get(charge.id) ?? []).map((event) => event.type);
      const isTrue = (types[0] === 'charge.succeeded') === paid.has(charge.id);
      if (types.length === 1 && types[0] === `charge.${charge.state}` && isTrue) return [];
      const text = `is ${charge.state}${paid.has(charge.id) ? ' and paid' : ''}, was told ${types.join(', ') || 'nothing'}`;
      return [{ harm: 'wrong_told' as const, subject: charge.id, text }];
    });
};

/** The API shows what the row says. */
export const shownAsItIs: Invariant = ({ charges, shown, statuses }) => {
  const seen = new Map(shown.map((view) => [view.id, view.status]));
  return charges.flatMap((charge) => {
    const status = statuses.get(`charge/${charge.state}`);
    const text = `is ${charge.state}, and the API shows ${seen.get(charge.id) ?? 'nothing'}`;
    return seen.get(charge.id) === status ? [] : [{ harm: 'wrong_told' as const, subject: charge.id, text }];
  });
};

/** No mail goes out when all that it asks for was paid, or no longer wanted, when its sending began. */
export const noMailAfterTheEnd: Invariant = ({ messages, recoveries, charges, transitions }) => {
  const chargeIds = new Map(recoveries.map((recovery) => [recovery.id, recovery.charge_id]));
  const settled = new Map(charges.map((charge) => [charge.id, charge.settled_at]));
  const begun = new Map(
    transitions
      .filter((move) => move.entity === 'message' && move.to_state === 'sending')
      .map((move) => [move.entity_id, move.at]),
  );
  return messages.filter(asks).flatMap((message) => {
    const at = begun.get(message.id)?.getTime();
    const served = [message, ...messages.filter((other) => other.served_by === message.id)];
    const ends = served.map((step) => settled.get(chargeIds.get(step.recovery_id) ?? '')?.getTime());
    if (ends.some((each) => each === undefined)) return [];
    const end = Math.max(...ends.map((each) => each ?? 0));
    if (message.state !== 'sent' || at === undefined || at <= end + SLACK_MS) return [];
    return [
      { harm: 'wrong_told', subject: message.id, text: `asked for money ${at - end} ms after the end` },
    ];
  });
};

const asks = (message: MessageRow): boolean => !message.step.startsWith('method_replaced');

/** I-19: a mail's link leads to a recovery of the person it was sent to, and we owed every mail. */
export const mailsReachTheirOwn: Invariant = (evidence) => {
  const { mails, recoveries, charges, messages, notices } = evidence;
  const owners = new Map(charges.map((charge) => [charge.id, charge.customer_id]));
  const recovered = new Map(recoveries.map((recovery) => [recovery.id, recovery.charge_id]));
  return mails.flatMap((mail) => {
    const said = (text: string) => [{ harm: 'wrong_told' as const, subject: mail.to, text }];
    const announced = [...notices].find(([id]) => mail.message_id.includes(id))?.[1];
    if (announced !== undefined) {
      const isTheirs = ownerOf(evidence, owners.get(announced)) === mail.to;
      return isTheirs ? [] : said('got a notice of a debit of somebody else');
    }
    const message = messages.find((row) => mail.message_id.includes(row.id));
    if (message === undefined && mayBeLost(evidence, mail.at_ms)) return [];
    if (message === undefined) return said('got a mail that nobody owed');
    const link = mail.links.map((address) => LINK.exec(address)?.[1]).find((id) => id !== undefined);
    const owner = ownerOf(evidence, owners.get(recovered.get(message.recovery_id) ?? ''));
    if (owner !== mail.to) return said('got a mail about a charge of somebody else');
    // A mail about several bills has the link of one of them.
    const led = link === undefined ? owner : ownerOf(evidence, owners.get(recovered.get(link) ?? ''));
    if (led !== mail.to) return said('got a link to a charge of somebody else');
    const isOwn = link === undefined || link === message.recovery_id || servesOthers(messages, message);
    return isOwn ? [] : said('got the link of another recovery');
  });
};

/** Such a mail still goes out when its own bill is paid, with the link of another. */
const servesOthers = (messages: readonly MessageRow[], message: MessageRow): boolean =>
  message.served_by !== null || messages.some((other) => other.served_by === message.id);

const ownerOf = (evidence: Evidence, customer_id: string | undefined): string | undefined =>
  evidence.emails.get(customer_id ?? '');
