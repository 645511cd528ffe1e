/** Whether the merchant's endpoint got what the feed has: all of it, as it is there, and nothing else. */
import { isDeepStrictEqual } from 'node:util';
import type { Invariant } from './breach.ts';

/** What the plan's payers brought with them was there before the endpoint. */
const ABOUT: ReadonlySet<string> = new Set(['charge', 'refund']);

/** I-35: each event about money came, with a good signature, as the feed shows it. */
export const feedReceived: Invariant = ({ received, feed }) => {
  if (received === null) return [];
  return feed.flatMap((event) => {
    const { id, type } = event;
    const subject = event.data.object.id;
    if (!ABOUT.has(event.data.object.object)) return [];
    const came = received.events.get(id);
    const text = `${type} ${came === undefined ? 'never came' : 'came otherwise than the feed shows it'}`;
    return isDeepStrictEqual(came, event) ? [] : [{ harm: 'wrong_told' as const, subject, text }];
  });
};

/** I-36: nothing came that we do not know, that was not signed, or by way of a redirect. */
export const nothingElseReceived: Invariant = ({ received, feed, lost }) => {
  if (received === null) return [];
  const known = new Set(feed.map(({ id }) => id));
  const unknown = [...received.events.values()].filter(({ id }) => lost === null && !known.has(id));
  const said = (subject: string, text: string) => ({ harm: 'wrong_told' as const, subject, text });
  return [
    ...unknown.map(({ data, type }) => said(data.object.id, `was told ${type}, which the feed has not`)),
    ...received.refused.map((because) => said('endpoint', `got a notification that is ${because}`)),
    ...(received.led_astray === 0 ? [] : [said('endpoint', 'was followed to where it redirected')]),
  ];
};
