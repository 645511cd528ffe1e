/** What is said of a payment that has succeeded, in English. */
export const receiptsEn = {
  subject: 'Receipt: {amount} to {merchant}',
  heading: 'Thank you for your payment',
  paid: `{with, select,
    card {{merchant} received {amount} for “{description}” on {day}, from your card {method}.}
    account {{merchant} received {amount} for “{description}” on {day}, from your bank account {method}.}
    some_account {{merchant} received {amount} for “{description}” on {day}, from your bank account.}
    other {{merchant} received {amount} for “{description}” on {day}.}}`,
  reference: 'Reference: {reference}.',
  done: 'This mail is your receipt. There is nothing you need to do.',
  label_day: 'Paid on',
  label_reference: 'Reference',
  contact:
    'If something is not right, please write to {support_email}. {merchant} never asks for your card number, bank details or a password by mail.',
};
