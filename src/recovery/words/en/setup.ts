/** The page that saves a card or a bank account for later, in English. */
export const setupEn = {
  to_accept_heading: `{saves, select,
    bank {Save a bank account for later}
    any {Save a way to pay for later}
    other {Save a card for later}}`,
  to_accept_lead: `{saves, select,
    bank {{merchant} asks to keep a bank account of yours on file. Please read when and how it may be debited.}
    any {{merchant} asks to keep a card or a bank account of yours on file. Please read when and how it may be charged.}
    other {{merchant} asks to keep a card of yours on file. Please read when and how it may be charged.}}`,
  missing_heading: 'Your agreement is still missing',
  missing_lead: `{has_account, select,
    true {{method} is saved, but {merchant} may not debit it before you agree.}
    other {{method} is saved, but {merchant} may not charge it before you agree.}}`,
  to_save_heading: `{saves, select,
    bank {Now enter your bank account}
    any {Now enter how you pay}
    other {Now enter your card}}`,
  to_save_lead: `{saves, select,
    bank {You have agreed. No bank account is saved yet.}
    any {You have agreed. Nothing is saved yet.}
    other {You have agreed. No card is saved yet.}}`,
  processing_heading: `{saves, select,
    bank {We are checking your bank account}
    any {We are checking what you entered}
    other {We are checking your card}}`,
  processing_nothing_to_do: 'There is nothing you need to do now.',
  processing_again: `{looks_again, select,
    true {This page looks again by itself.}
    other {To see how it stands, open the link again later.}}`,
  saved_heading: `{saves, select,
    bank {Your bank account is saved}
    any {That is saved}
    other {Your card is saved}}`,
  saved_lead: `{saves, select,
    bank {{merchant} can debit it as you agreed. Nothing has been debited by saving it.}
    other {{merchant} can charge it as you agreed. Nothing has been charged by saving it.}}`,
  not_in_use_heading: `{saves, select,
    bank {This bank account is not in use}
    any {This is not in use}
    other {This card is not in use}}`,
  not_in_use_lead: `{saves, select,
    bank {{merchant} does not debit it. If that surprises you, please talk to them.}
    other {{merchant} does not charge it. If that surprises you, please talk to them.}}`,
  expired_heading: 'The time for this is over',
  expired_lead: `{saves, select,
    bank {{merchant} debits no account because of this page. Go back to them to start again.}
    any {{merchant} charges nothing because of this page. Go back to them to start again.}
    other {{merchant} charges no card because of this page. Go back to them to start again.}}`,
  canceled_heading: 'This is no longer needed',
  canceled_lead: `{saves, select,
    bank {{merchant} has taken the request back. No bank account was saved by it.}
    any {{merchant} has taken the request back. Nothing was saved by it.}
    other {{merchant} has taken the request back. No card was saved by it.}}`,
  failed_heading: `{saves, select,
    bank {No bank account could be saved}
    any {Nothing could be saved}
    other {No card could be saved}}`,
  failed_lead: `{saves, select,
    bank {Nothing was debited. Go back to {merchant} to start again, perhaps with another account.}
    any {Nothing was charged. Go back to {merchant} to start again.}
    other {Nothing was charged. Go back to {merchant} to start again, perhaps with another card.}}`,
  label_terms: 'What you agree to',
  label_frequency: 'How often',
  label_amount_basis: 'How much',
  label_limits: 'Not more than',
  label_scope: 'When',
  label_accepted: 'You agreed',
  label_card: 'Card',
  label_account: 'Account',
  label_until: 'Open until',
  label_agreement: 'The agreement',
  label_mandate: 'The mandate for direct debits',
  label_creditor_id: 'Creditor identifier',
  frequency: `{frequency, select,
    one_time {One charge, once}
    other {Again and again, until you withdraw this}}`,
  scope: `{scope, select,
    off_session {Also when you are not there to confirm}
    other {Only while you are there to confirm}}`,
  limit_amount: `{per, select,
    month {{amount} a month}
    other {{amount} each time}}`,
  limit_charges: '{count, plural, one {one charge} other {# charges}}',
  limit_until: 'until {until}',
  accept_and_save: `{saves, select,
    bank {Agree and enter account}
    any {Agree and go on}
    other {Agree and enter card}}`,
  accept: 'Agree',
  save: `{saves, select,
    bank {Enter account}
    any {Go on}
    other {Enter card}}`,
  accept_hint: `{saves, select,
    bank {By pressing you allow {merchant} to collect from your account as written here. The time, your internet address and your browser are kept as proof of it.}
    any {By pressing you allow {merchant} to charge you as written here. The time, your internet address and your browser are kept as proof of it.}
    other {By pressing you allow {merchant} to charge your card as written here. The time, your internet address and your browser are kept as proof of it.}}`,
  save_hint: `{saves, select,
    bank {You enter the account on a secure page of our payment provider. Nothing is debited now.}
    any {You enter your details on a secure page of our payment provider. Nothing is charged now.}
    other {You enter the card on a secure page of our payment provider. Nothing is charged now.}}`,
  withdraw: 'You can withdraw this at any time by writing to {support_email}.',
  back: 'Back to {merchant}',
  not_now: 'Not now, back to {merchant}',
};
