/** Whether the rows' histories are complete and legal, and no lease is left. */
import type { TransitionRow } from '../evidence.ts';
import { byKey, ENDS, type Invariant } from './breach.ts';

/** An attempt's moves carry its charge's id and its own number. */
const historyOf = (move: TransitionRow): string =>
  move.entity === 'attempt'
    ? `attempt ${move.entity_id} ${move.version}`
    : `${move.entity} ${move.entity_id}`;

/** I-13: every move is legal and starts where the row was, versions count 1, 2, 3, and the last is where the row is. */
export const historiesWhole: Invariant = ({ transitions, allowed, charges }) => {
  const histories = byKey(transitions, historyOf);
  const broken = [...histories].flatMap(([subject, moves]) =>
    moves.flatMap((move, index) => {
      const before = moves[index - 1];
      const isFirst = before === undefined && move.from_state === null;
      const isNext = before !== undefined && move.from_state === before.to_state;
      const isLegal = isFirst || allowed.has(`${move.entity}/${move.from_state}/${move.to_state}`);
      const isCounted =
        move.entity === 'attempt' || before === undefined || move.version === before.version + 1;
      if ((isFirst || isNext) && isLegal && isCounted) return [];
      return [{ harm: 'broken' as const, subject, text: `${move.from_state} -> ${move.to_state}` }];
    }),
  );
  const elsewhere = charges
    .filter((charge) => histories.get(`charge ${charge.id}`)?.at(-1)?.to_state !== charge.state)
    .map((charge) => ({ harm: 'broken' as const, subject: charge.id, text: 'its history ends elsewhere' }));
  return [...broken, ...elsewhere];
};

/** I-18: each charge has at most one live recovery, which completes only with its charge and never outlives it. */
export const recoveriesFit: Invariant = ({ recoveries, charges }) => {
  const states = new Map(charges.map((charge) => [charge.id, charge.state]));
  return [...byKey(recoveries, (recovery) => recovery.charge_id)].flatMap(([subject, rows]) => {
    const live = rows.filter((row) => row.state === 'open');
    const state = states.get(subject) ?? 'gone';
    const said = (text: string) => ({ harm: 'broken' as const, subject, text });
    return [
      ...(live.length > 1 ? [said(`has ${live.length} live recoveries`)] : []),
      ...(live.length === 1 && ENDS.has(state) ? [said(`is ${state}, and its recovery lives`)] : []),
      ...rows
        .filter((row) => row.state === 'completed' && state !== 'succeeded')
        .map((row) => said(`is ${state}, and ${row.id} is completed`)),
    ];
  });
};

/** I-26: no worker holds a row that has ended, nor any row once there is nothing to do. */
export const nothingHeld: Invariant = ({ leases }) =>
  leases.map((lease) => ({
    harm: 'broken',
    subject: lease.id,
    text: `${lease.state} ${lease.entity} is ${lease.is_held ? 'leased' : 'left leased'}`,
  }));
