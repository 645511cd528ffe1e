/** What the merchant's endpoint may be while it is notified. */
import { between } from '../chance.ts';
import type { ReceiverWeather } from '../receiver.ts';
import { type Fault, holdUntilMet, inWeather } from './fault.ts';

const HOLD_MS = 2_500;

const whileIt =
  (kind: Exclude<ReceiverWeather, 'pass'>): Fault =>
  ({ receiver }, random) =>
    inWeather(receiver, { kind }, kind, (met) => holdUntilMet(met, between(random, HOLD_MS / 2, HOLD_MS)));

export const endpointFaults = {
  endpoint_down: whileIt('down'),
  endpoint_slow: whileIt('slow'),
  endpoint_lying: whileIt('lying'),
  endpoint_redirecting: whileIt('redirecting'),
  endpoint_answer_lost: whileIt('answer_lost'),
} as const satisfies Record<string, Fault>;
