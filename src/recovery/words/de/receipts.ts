import type { Catalogue } from '../languages.ts';

/** What is said of a payment that has succeeded, in German. */
export const receiptsDe: Catalogue['receipts'] = {
  subject: 'Zahlungsbeleg: {amount} an {merchant}',
  heading: 'Vielen Dank für Ihre Zahlung',
  paid: `{with, select,
    card {{merchant} hat am {day} {amount} für „{description}“ von Ihrer Karte {method} erhalten.}
    account {{merchant} hat am {day} {amount} für „{description}“ von Ihrem Bankkonto {method} erhalten.}
    some_account {{merchant} hat am {day} {amount} für „{description}“ von Ihrem Bankkonto erhalten.}
    other {{merchant} hat am {day} {amount} für „{description}“ erhalten.}}`,
  reference: 'Referenz: {reference}.',
  done: 'Diese E-Mail bestätigt Ihre Zahlung. Sie müssen nichts weiter tun.',
  label_day: 'Bezahlt am',
  label_reference: 'Referenz',
  contact:
    'Wenn etwas nicht stimmt, schreiben Sie bitte an {support_email}. {merchant} fragt nie per E-Mail nach Ihrer Kartennummer, Ihren Bankdaten oder einem Passwort.',
};
