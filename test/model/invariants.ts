/** What must hold once a schedule has come to rest, whatever happened on the way. */
import type { World } from './world.ts';

const FINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];
const CONFIRMS_MAX = 8;

/** Notes every broken promise in the world's violations. */
export function findViolations(world: World): void {
  const { tables, bank, violate } = world;
  const charge = tables.charge();
  const intents = [...bank.intents.values()];
  const paid = intents.filter(({ succeeded }) => succeeded > 0);
  if (intents.reduce((sum, { succeeded }) => sum + succeeded, 0) > 1)
    violate('double_charge', paid.map(({ id }) => id).join(' '));
  if (charge.state === 'needs_review') violate('parked', [...tables.breaks.keys()].join(' '));
  else if (!FINAL.includes(charge.state)) violate('unsettled', charge.state);
  if (FINAL.includes(charge.state) && (charge.state === 'succeeded') !== paid.length > 0)
    violate('contradicts_stripe', `${charge.state}, ${paid.length} paid`);
  const bound = bank.intents.get(charge.stripe_payment_intent_id ?? '');
  if (charge.state === 'succeeded' && bound?.status !== 'succeeded')
    violate('bound_to_another', charge.state);
  if ((charge.state === 'failed' || charge.state === 'canceled') && bound !== undefined)
    if (bound.status !== 'canceled') violate('closed_without_proof', bound.status);
  const confirmed = intents.filter(({ confirms }) => confirms > 0);
  if (confirmed.length > 1) violate('two_confirmed', confirmed.map(({ id }) => id).join(' '));
  if (intents.length > 1) world.count('more_than_one_intent');
  const finals = tables.told.filter((status) => FINAL.includes(status));
  if (finals.length > 1 || (finals.length === 1 && tables.told.at(-1) !== finals[0]))
    violate('told_contradiction', tables.told.join(' > '));
  if (tables.attempts.length > CONFIRMS_MAX) violate('too_many_confirms', String(tables.attempts.length));
  for (const attempt of tables.attempts) world.count(`attempt_${attempt.state}`);
  for (const attempt of tables.attempts)
    if (attempt.ended_at === null) violate('attempt_left_open', `${attempt.number} ${attempt.state}`);
  for (const recovery of tables.rows.recovery.values()) {
    world.count(`recovery_${recovery.state}`);
    if (recovery.state === 'open') violate('recovery_left_open', recovery.id);
  }
  for (const kind of tables.breaks.keys()) violate('break', kind);
}
