/** The sequencer: gives events their places in the feed, in whichever order their transactions commit. */
import { numberEvents } from '../../store/events/number-events.ts';
import type { Dependencies } from '../dependencies.ts';

/** One round: true if there is probably more. Any worker may call it; one at a time numbers; `numbered` hears that it did. */
export async function numberEventsOnce(
  { sql, timings }: Pick<Dependencies, 'sql' | 'timings'>,
  numbered: () => void = () => {},
): Promise<boolean> {
  const count = await numberEvents(sql, timings.numberEventsMax);
  if (count > 0) numbered();
  return count === timings.numberEventsMax;
}
