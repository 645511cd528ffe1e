/** A charge's history in the API's words: every move of its own, its attempts, recoveries, mails and new cards. */
import { type Entity, type Machine, machines } from '../../domain/machines.ts';
import type { EventRow } from '../../store/events/event-list.ts';
import type { TransitionRow } from '../../store/work/timeline.ts';
import type { TimelineEntry } from '../schemas/charge.ts';

/**
 * Moves and events of one charge, oldest first. A move that merchants are told of names its event; what is no move of a
 * row (a page visited, an address that refuses our mail) stands by its event alone.
 */
export function timelineView(moves: readonly TransitionRow[], events: readonly EventRow[]): TimelineEntry[] {
  const untold = [...events];
  const entries = moves.map((move) => {
    const type = toldOf(move);
    const at = type === null ? -1 : untold.findIndex((event) => isOf(event, move, type));
    const [event] = at < 0 ? [] : untold.splice(at, 1);
    return { at: move.at, entry: moveEntry(move, event) };
  });
  const alone = untold.map((event) => ({ at: event.created_at, entry: eventEntry(event) }));
  return [...entries, ...alone]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, entry }) => ({ at: at.toISOString(), ...entry }));
}

/** One statement writes both, at one moment. */
function isOf(event: EventRow, move: TransitionRow, type: string): boolean {
  return event.type === type && event.created_at.getTime() === move.at.getTime();
}

function machineOf(entity: string): Machine {
  return machines[(entity === 'replacement' ? 'setup' : entity) as Entity];
}

function toldOf({ entity, from_state, to_state }: TransitionRow): string | null {
  if (entity === 'replacement') return null;
  const { born, told } = machineOf(entity);
  if (from_state === null) return born ?? null;
  const type = told?.[to_state] ?? null;
  return type === told?.[from_state] ? null : type;
}

type Entry = Omit<TimelineEntry, 'at'>;

function moveEntry(move: TransitionRow, event: EventRow | undefined): Entry {
  const { statuses } = machineOf(move.entity);
  return {
    entity: move.entity,
    from: move.from_state === null ? null : (statuses[move.from_state] ?? move.from_state),
    to: statuses[move.to_state] ?? move.to_state,
    version: move.version,
    cause: move.cause,
    reference: move.cause_reference,
    event: event?.id ?? null,
    type: event?.type ?? null,
  };
}

/** Told by what it is called: `recovery.visited` is a recovery that came to be visited. */
function eventEntry(event: EventRow): Entry {
  const [entity = '', to = ''] = event.type.split('.');
  return {
    entity,
    from: null,
    to,
    version: event.version,
    cause: event.cause,
    reference: event.cause_reference,
    event: event.id,
    type: event.type,
  };
}
