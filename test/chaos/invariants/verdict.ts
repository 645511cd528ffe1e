import type { Evidence } from '../evidence.ts';
import { attemptsDense, keysMeanOneThing, onlyBoundConfirmed, writtenAhead } from './attempts.ts';
import type { Breach, Invariant } from './breach.ts';
import { nothingWithClosedCard } from './cards.ts';
import {
  lateReturnsTold,
  nothingUnannounced,
  nothingWithEndedMandate,
  oneDebitAtATime,
  repeatedAsAllowed,
} from './debits.ts';
import { historiesWhole, nothingHeld, recoveriesFit } from './history.ts';
import { allSettled, inboxKept, nothingInvented, nothingLost } from './intake.ts';
import { atMostOneSuccess, closedWithProof, noOrphans, successIsStripes, sumsAgree } from './money.ts';
import { booksAgree, breaksEnd, foreignLeftAlone } from './people.ts';
import { nothingAfterWithdrawal, onlyItsMethod } from './permission.ts';
import { feedReceived, nothingElseReceived } from './received.ts';
import { refundedOnce, returnsSeen, returnsTold } from './returns.ts';
import { eachChangeTold, mailsReachTheirOwn, noMailAfterTheEnd, oneEndTold, shownAsItIs } from './told.ts';

/**
 * Reports name these numbers; other tests cover the invariants in the gaps. `A` and `M` are about the API's answers
 * and the mails.
 */
const invariants: Readonly<Record<string, Invariant>> = {
  'I-1': atMostOneSuccess,
  'I-2': successIsStripes,
  'I-3': sumsAgree,
  'I-4': closedWithProof,
  'I-5': nothingLost,
  'I-6': nothingInvented,
  'I-7': allSettled,
  'I-8': attemptsDense,
  'I-9': writtenAhead,
  'I-10': keysMeanOneThing,
  'I-11': onlyBoundConfirmed,
  'I-13': historiesWhole,
  'I-14': eachChangeTold,
  'I-15': oneEndTold,
  'I-16': inboxKept,
  'I-18': recoveriesFit,
  'I-19': mailsReachTheirOwn,
  'I-23': noOrphans,
  'I-24': breaksEnd,
  'I-26': nothingHeld,
  'I-27': nothingAfterWithdrawal,
  'I-28': onlyItsMethod,
  'I-29': foreignLeftAlone,
  'I-30': booksAgree,
  'I-31': nothingWithClosedCard,
  'I-32': refundedOnce,
  'I-33': returnsSeen,
  'I-34': returnsTold,
  'I-35': feedReceived,
  'I-36': nothingElseReceived,
  'I-37': nothingUnannounced,
  'I-38': oneDebitAtATime,
  'I-39': repeatedAsAllowed,
  'I-40': nothingWithEndedMandate,
  'I-41': lateReturnsTold,
  A: shownAsItIs,
  M: noMailAfterTheEnd,
};

/** Every breach that the evidence shows. */
export function judge(evidence: Evidence): Breach[] {
  return Object.entries(invariants).flatMap(([invariant, find]) =>
    find(evidence).map((breach) => ({ invariant, ...breach })),
  );
}
