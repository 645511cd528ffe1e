import { failpoint } from '../../platform/failpoints.ts';
import { insertInboxEvents } from '../../store/door/inbox-intake.ts';
import { errorCode } from '../../store/postgres/database.ts';
import type { ProjectedEvent } from '../../stripe/events/event.ts';
import { isFollowed } from '../../stripe/events/followed-events.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * - `received`: new, and due;
 * - `known`: came before;
 * - `unfollowed`: of a type that can change nothing of ours, so nothing of it is kept;
 * - `wrong_mode`: of the other mode, so from an account whose money we must not book. A person must look;
 * - `unstorable`: holds a value that a database cannot; Stripe never really sends one.
 */
export type EventReception = 'received' | 'known' | 'unfollowed' | 'wrong_mode' | 'unstorable';

/** Class 22 of SQLSTATE: a value that Postgres cannot hold. */
const DATA_EXCEPTION = /^22/;

/** Keeps a verified event whose type may change something. Whether it does is decided when it is applied. */
export async function receiveEvent(deps: Dependencies, event: ProjectedEvent): Promise<EventReception> {
  const { livemode } = deps.instance;
  if (event.livemode !== livemode) {
    deps.log.error({ event: 'inbox_event.refused', stripeEventType: event.type, code: 'livemode_differs' });
    return 'wrong_mode';
  }
  if (!isFollowed(event.type)) return 'unfollowed';
  try {
    await failpoint('inbox.intake.before');
    const [id] = await insertInboxEvents(deps.sql, [{ ...event, livemode }], 'webhook');
    await failpoint('inbox.intake.after_effect');
    if (id === undefined) return 'known';
    void deps.offer('inbox_event', [id]);
    return 'received';
  } catch (error) {
    if (!DATA_EXCEPTION.test(errorCode(error) ?? '')) throw error;
    deps.log.error({ event: 'inbox_event.refused', code: 'unstorable', err: error });
    return 'unstorable';
  }
}
