/** What is said of a debit before it is collected, in English. */
export const debitsEn = {
  notice_subject: '{merchant} will collect {amount} from your bank account on {day}',
  notice_heading: '{amount} will be collected on {day}',
  notice_opening: `{knows_account, select,
    true {{merchant} will collect {amount} for “{description}” by direct debit from your bank account {account} on {day}.}
    other {{merchant} will collect {amount} for “{description}” by direct debit from your bank account on {day}.}}`,
  notice_changed: `{is_changed, select,
    true {Amount or day have changed: this takes the place of what we wrote before.}
    other {Please see that the account has enough money on that day. There is nothing else you need to do.}}`,
  notice_label_amount: 'Amount',
  notice_label_day: 'Day of collection',
  notice_label_account: 'Account',
  notice_label_mandate: 'Mandate reference',
  notice_label_creditor: 'Creditor',
  notice_label_creditor_id: 'Creditor identifier',
  notice_contact:
    'If something is not right, please write to {support_email} before that day. {merchant} never asks for your bank details or a password by mail.',
  mandate_subject: 'Your direct debit agreement with {merchant}',
  mandate_heading: 'You have agreed to direct debits',
  mandate_opening: `{knows_account, select,
    true {{merchant} may collect from your bank account {account} by direct debit, as you agreed.}
    other {{merchant} may collect from your bank account by direct debit, as you agreed.}}`,
  mandate_words: 'Please keep this mail. This is what you agreed to:',
  mandate_page: 'Your mandate: {url}',
  mandate_kind: 'Direct debit',
  mandate_contact:
    'If you did not agree to this, or want to end it, please write to {support_email} or tell your bank. {merchant} never asks for your bank details or a password by mail.',
};
