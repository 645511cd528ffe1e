import type { Mutation } from '../mutations/mutation.ts';
import { announcedDebits } from './announced-debits.ts';
import { anotherDatabase } from './another-database.ts';
import { attempts } from './attempts.ts';
import { binding } from './binding.ts';
import { cardVerdicts } from './card-verdicts.ts';
import { closing } from './closing.ts';
import { database } from './database.ts';
import { debits } from './debits.ts';
import { client } from './door/client.ts';
import { customerChanges } from './door/customer-changes.ts';
import { doctorBugs } from './door/doctor.ts';
import { doors } from './door/doors.ts';
import { erasedEvidence } from './door/erased-evidence.ts';
import { erasure } from './door/erasure.ts';
import { everydayInput } from './door/everyday-input.ts';
import { lists } from './door/lists.ts';
import { setupPage } from './door/setup-page.ts';
import { following } from './following.ts';
import { lostRows } from './lost-rows.ts';
import { notifications } from './merchant/notifications.ts';
import { refunds } from './merchant/refunds.ts';
import { runBugs } from './merchant/runs.ts';
import { outcomes } from './outcomes.ts';
import { queue } from './queue.ts';
import { customer } from './recovery/customer.ts';
import { debtorsView } from './recovery/debtors-view.ts';
import { languages } from './recovery/languages.ts';
import { mails } from './recovery/mails.ts';
import { presses } from './recovery/presses.ts';
import { receiptBugs } from './recovery/receipts.ts';
import { severalBills } from './recovery/several-bills.ts';
import { terms } from './recovery/terms.ts';
import { retention } from './retention.ts';
import { triggers } from './triggers.ts';
import { waking } from './waking.ts';
import { waysOut } from './ways-out.ts';
import { withdrawals } from './withdrawals.ts';
import { writes } from './writes.ts';

/** Every deliberate bug, in the order of the story that it spoils. */
export const bugs: readonly Mutation[] = [
  ...attempts,
  ...binding,
  ...writes,
  ...outcomes,
  ...closing,
  ...withdrawals,
  ...announcedDebits,
  ...debits,
  ...debtorsView,
  ...following,
  ...waking,
  ...cardVerdicts,
  ...queue,
  ...customer,
  ...languages,
  ...mails,
  ...receiptBugs,
  ...terms,
  ...presses,
  ...severalBills,
  ...client,
  ...customerChanges,
  ...erasure,
  ...erasedEvidence,
  ...everydayInput,
  ...lists,
  ...setupPage,
  ...database,
  ...triggers,
  ...waysOut,
  ...lostRows,
  ...anotherDatabase,
  ...notifications,
  ...retention,
  ...refunds,
  ...runBugs,
  ...doors,
  ...doctorBugs,
];
