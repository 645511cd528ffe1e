/** The page of a payment, in English. */
export const pagesEn = {
  to_confirm_heading: `{asks, select,
    pay_new {Your new card is ready}
    pay_new_account {Your new account is ready}
    early {This payment did not go through yet}
    authenticate {Please confirm this payment}
    account_or_card {This payment needs another account or a card}
    other {This payment needs another card}}`,
  to_confirm_new: `{new_by, select,
    bank {{new_method} was saved. Nothing has been collected from it yet.}
    other {{new_method} was saved. Nothing has been charged to it yet.}}`,
  to_confirm_early: `{by, select,
    bank {{merchant} collects it again from your account on {retry_at}. You can pay before that, from this account or another, or by card.}
    other {{merchant} tries your saved card again on {retry_at}. You can pay before that, with this card or another.}}`,
  to_confirm_authenticate: `{was_tried, select,
    true {{merchant} tried to charge your saved card. Your bank wants to be sure that it is you. That takes a minute.}
    other {{merchant} asks you to pay {amount}. Your bank wants to be sure that it is you. That takes a minute.}}`,
  to_confirm_replace: `{why, select,
    declined {Your saved card could not be charged. Please pay {merchant} with another one.}
    unpaid {{merchant} tried to collect this from your bank account. Your bank returned the debit unpaid. Please pay from another account, or by card.}
    not_authorized {{merchant} tried to collect this from your bank account. Your bank says that the debit is not, or no longer, authorised. Please pay from another account, or by card.}
    account {{merchant} tried to collect this from your bank account. Your bank says that this account cannot be debited. Please pay from another account, or by card.}
    failed {{merchant} tried to collect this from your bank account. The debit did not go through. Please pay from another account, or by card.}
    no_account {There is no bank account on file that {merchant} can debit for this. Please pay from another account, or by card.}
    other {There is no card on file that {merchant} can charge for this. Please pay with another one.}}`,
  at_bank_heading: 'Please continue at your bank',
  at_bank_lead:
    'We have not heard from your bank yet that you confirmed there. Please continue where you left off.',
  paid_heading: 'Thank you, this is paid',
  paid_lead: `{has_others, select,
    true {{merchant} has received {received}. What else is open is below.}
    other {{merchant} has received {received}. You can close this page.}}`,
  processing_heading: `{is_debit, select,
    true {Your bank has been asked for this payment}
    other {We are checking your payment}}`,
  processing_nothing_to_do: 'There is nothing you need to do now. Please do not pay a second time.',
  processing_again: `{looks_again, select,
    true {This page looks again by itself.}
    other {To see how it stands, look again later, or open the link in our mail again.}}`,
  processing_debit: `{has_day, select,
    true {{merchant} collects {amount} by direct debit. The money leaves your account on {collects_on}, and we expect to know on {expected_on} whether it has arrived. The debit can no longer be cancelled.}
    other {{merchant} collects {amount} by direct debit. Banks take some working days for that, and it can no longer be cancelled.}}`,
  processing_debit_again: 'To see how it stands, open the link in our mail again on another day.',
  expired_heading: 'The time for this payment is over',
  expired_uncharged: 'You were not charged.',
  expired_lead: `{on_expiry, select,
    close {This request has ended, and {merchant} may be in touch about the amount.}
    release {This request has ended, and you owe nothing.}
    other {The amount is still open. To pay it, ask for a fresh link.}}`,
  canceled_heading: `{is_proven, select,
    true {This payment was cancelled}
    other {This request has ended}}`,
  canceled_lead: `{is_proven, select,
    true {You were not charged, and there is nothing to do.}
    other {There is nothing to do here. Please talk to {merchant} about this payment.}}`,
  failed_try_heading: 'That did not go through',
  failed_try_lead: 'You were not charged. You can try once more below.',
  unfinished_heading: 'That was not finished',
  unfinished_lead:
    'We have not heard that it went through. You can try once more below: you pay {amount} once.',
  ask_merchant_heading: 'This cannot be paid here',
  ask_merchant_lead: 'No button here would help now. Please write to {merchant} about this payment.',
  label_bill: 'Your payment',
  label_card: 'Card',
  label_account: 'Account',
  label_document: 'Document',
  label_dated: 'Dated',
  label_read_document: 'Read the document',
  fresh_mail: 'Send me a fresh link',
  confirm: 'Confirm with your bank',
  pay_now: 'Pay {amount} now',
  continue_at_bank: 'Continue at your bank',
  pay: 'Pay {amount}',
  pay_with: 'Pay {amount} with {short}',
  pay_from: 'Pay {amount} from {short}',
  saved_hint: 'This card is on file already: there is nothing to enter. You pay {amount} once.',
  press_hint: 'Your bank may show its own page, and then brings you back here. You pay {amount} once.',
  debit_hint: 'Your bank is asked for {amount}, once. That takes some working days.',
  replace: `{by, select,
    bank {Use another account or a card}
    other {Use another card}}`,
  replace_again: `{by, select,
    bank {Use a different account or card}
    other {Use a different card}}`,
  accept_amount: `{by, select,
    bank {You enter the account or card on a secure page of our payment provider. By continuing you agree that {merchant} takes {amount} from it, once.}
    other {You enter the card on a secure page of our payment provider. By continuing you agree that {merchant} charges {amount} to it, once.}}`,
  replace_refused: `{by, select,
    bank {Another account or card cannot be added here right now. Please write to {merchant} if you need one.}
    other {Another card cannot be added here right now. Please write to {merchant} if you need one.}}`,
  check_again: 'Check again',
  also_open: '{count, plural, one {One more bill is open} other {# more bills are open}}',
  and_more: 'Others are open too. They appear here as these are paid.',
  future_use: `{by, select,
    bank {{merchant} may collect later bills from this account when I am not there to confirm. I can withdraw this at any time by writing to {support_email}.}
    other {{merchant} may charge this card for later bills when I am not there to confirm. I can withdraw this at any time by writing to {support_email}.}}`,
  questions: 'Questions? Write to {merchant}:',
  safe: 'Card numbers are entered at our payment provider only, never on this page.',
  safe_bank: 'Bank details and card numbers are entered at our payment provider only, never on this page.',
  unknown_card: 'Card',
};
