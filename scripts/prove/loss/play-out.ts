/** How every play ends: days go by, and what became of everything is judged. */
import { untilQuiet } from '../../../test/chaos/quiescence.ts';
import { movedOf, type Scene } from './scene.ts';
import { kindsOf } from './settle-books.ts';
import { judge, type Verdict } from './verdict.ts';

export type Ending = Verdict & { readonly reconcile_clean: boolean; readonly charging_on: boolean };

/** Days go by until nothing is owed; then a charge as on any day. */
export async function playOut(scene: Scene, withdrawn: ReadonlyMap<string, number>): Promise<Ending> {
  const { ground, shop, operator, complaints } = scene;
  const rest = await untilQuiet(movedOf(scene), scene.customers);
  if (!rest.is_quiet) complaints.push('something does not come to its end');
  const name = 'a-day-like-any';
  await shop.place([
    { name, kind: 'paid', payer: 'good-0', amount_minor: 990, due_in_h: null, again: 'same' },
  ]);
  for (const id of shop.placed.get(name)?.charges ?? []) await ground.api.get(`/v1/charges/${id}?wait=20`);
  const verdict = await judge(ground, shop, withdrawn);
  const { agree, ...result } = await operator.reconcile();
  if (!agree) complaints.push(`reconcile is not clean at the end: ${kindsOf({ agree, ...result })}`);
  const { stdout } = await operator.type('charging', 'status', '--json');
  const charging_on = stdout.includes('"enabled":true');
  if (!charging_on) complaints.push('charging is off at the end');
  for (const refusal of operator.refusals) complaints.push(`refused: ${refusal}`);
  return {
    ...verdict,
    complaints: [...complaints, ...verdict.complaints],
    reconcile_clean: agree,
    charging_on,
  };
}
