/** Mails in English. Every other language has these keys, placeholders and branches; a test compares them. */
export const mailsEn = {
  opening: `{tried, select,
    card {{merchant} tried to charge {amount} for “{description}” to {method}.}
    saved_card {{merchant} tried to charge {amount} for “{description}” to your saved card.}
    account {{merchant} tried to collect {amount} for “{description}” from your bank account {method}.}
    saved_account {{merchant} tried to collect {amount} for “{description}” from your bank account.}
    other {{merchant} asks you to pay {amount} for “{description}”.}}`,
  subject_authenticate: 'Please confirm your payment of {amount} to {merchant}',
  heading_authenticate: 'Please confirm your payment',
  why_authenticate: 'Your bank asks you to confirm that this payment is yours. That takes a minute.',
  button_authenticate: 'Confirm {amount}',
  subject_replace: `{by, select,
    bank {Your payment of {amount} to {merchant} needs another account or a card}
    other {Your payment of {amount} to {merchant} needs another card}}`,
  heading_replace: `{by, select,
    bank {Your payment needs another account or a card}
    other {Your payment needs another card}}`,
  why_replace: `{why, select,
    declined {The card could not be charged. Please pay with another card.}
    unpaid {Your bank returned the debit unpaid. Please pay from another account, or by card.}
    not_authorized {Your bank says that the debit is not, or no longer, authorised. Please pay from another account, or by card.}
    account {Your bank says that this account cannot be debited. Please pay from another account, or by card.}
    failed {The debit did not go through. Please pay from another account, or by card.}
    no_account {There is no bank account on file that {merchant} can debit for it. Please pay from another account, or by card.}
    other {There is no card on file that {merchant} can charge for it. Please pay with another card.}}`,
  button_pay: 'Pay {amount}',
  subject_reminder: 'Reminder: your payment of {amount} to {merchant} is still open',
  subject_last: `{on_expiry, select,
    keep_open {Last call: the link for your payment of {amount} to {merchant} ends soon}
    other {Last call: your payment of {amount} to {merchant} is about to be cancelled}}`,
  heading_last: 'Last call for your payment',
  subject_early: 'Your payment of {amount} to {merchant} did not go through yet',
  heading_early: 'Your payment did not go through yet',
  early: `{by, select,
    bank {It is collected again on {retry_at}. You can also pay it yourself before that, from another account or by card.}
    other {It is tried again on {retry_at}. You can also pay it yourself before that, with this card or another.}}`,
  button_early: 'Pay {amount} now',
  label_card: 'Card',
  label_account: 'Account',
  label_document: 'Document',
  label_dated: 'Dated',
  label_to_read: 'To read',
  label_until: 'Open until',
  label_next_try: 'Next try',
  label_new_card: 'New card',
  label_new_account: 'New account',
  otherwise: `{ending, select,
    retry {If you do nothing, {merchant} tries the card again on {retry_at}.}
    collect {If you do nothing, {merchant} collects it again from your account on {retry_at}.}
    close {If nothing happens until {until}, this request ends and you are not charged by it. {merchant} learns that it was not paid, and may be in touch about the amount.}
    release {If nothing happens until {until}, the payment is cancelled: you are not charged, and you owe nothing.}
    other {This link works until {until}. After that the amount is still open, and you can ask for a fresh link.}}`,
  subject_replaced: `{new_by, select,
    bank {A bank account was added for your payment to {merchant}}
    other {A card was added for your payment to {merchant}}}`,
  heading_replaced: `{new_by, select,
    bank {A bank account was added for your payment}
    other {A card was added for your payment}}`,
  replaced: `{entered, select,
    card {{new_method} was entered to pay {amount} for “{description}” to {merchant}.}
    account {The bank account {new_method} was entered to pay {amount} for “{description}” to {merchant}.}
    some_account {A bank account was entered to pay {amount} for “{description}” to {merchant}.}
    other {A card was entered to pay {amount} for “{description}” to {merchant}.}}`,
  replaced_safety: 'If that was you, there is nothing to do. If it was not, tell us at once.',
  contact: `{by, select,
    bank {You can reach us without a link, too: write to {support_email}. {merchant} never asks for your bank details or a password by mail.}
    other {You can reach us without a link, too: write to {support_email}. {merchant} never asks for your card number or a password by mail.}}`,
  several_headline: '{count} payments',
  several_headline_to: 'to {merchant}',
  several_opening: `{has_total, select,
    true {{count} of your payments to {merchant} are open, {total} in all. One link leads to all of them.}
    other {{count} of your payments to {merchant} are open. One link leads to all of them.}}`,
  several_subject: `{which, select,
    last {Last call: the time for your {count} payments to {merchant} is almost over}
    some_last {Last call: the time for {last} of your {count} payments to {merchant} is almost over}
    early {{count} payments to {merchant} did not go through yet}
    other {{count} payments to {merchant} need you}}`,
  several_heading: `{which, select,
    last {Last call for your {count} payments}
    some_last {Last call for {last} of your {count} payments}
    early {{count} payments did not go through yet}
    other {{count} payments need you}}`,
  several_document: 'Document {number}',
  several_more:
    '{more, plural, one {And # more, which the link shows.} other {And # more, which the link shows.}}',
  several_button: 'See all {count} payments',
  several_keeps: 'The link takes a payment for it until {until}. After that the amount is still open.',
  several_early: `{by, select,
    bank {It did not go through yet. You can also pay it yourself now, from another account or by card.}
    other {It did not go through yet. You can also pay it yourself now, with the same card or another.}}`,
  several_authenticate: 'Your bank asks you to confirm that this payment is yours.',
  several_tried: `{tried, select,
    card {{merchant} tried to charge {method}.}
    saved_card {{merchant} tried to charge your saved card.}
    account {{merchant} tried to collect it from your bank account {method}.}
    other {{merchant} tried to collect it from your bank account.}}`,
};
