import type { Catalogue } from '../languages.ts';

/** What is said of a payment that has succeeded, in Dutch. */
export const receiptsNl: Catalogue['receipts'] = {
  subject: 'Betalingsbewijs: {amount} aan {merchant}',
  heading: 'Bedankt voor uw betaling',
  paid: `{with, select,
    card {{merchant} heeft op {day} {amount} ontvangen voor ‘{description}’, van uw kaart {method}.}
    account {{merchant} heeft op {day} {amount} ontvangen voor ‘{description}’, van uw bankrekening {method}.}
    some_account {{merchant} heeft op {day} {amount} ontvangen voor ‘{description}’, van uw bankrekening.}
    other {{merchant} heeft op {day} {amount} ontvangen voor ‘{description}’.}}`,
  reference: 'Referentie: {reference}.',
  done: 'Deze e-mail is uw betalingsbewijs. U hoeft niets te doen.',
  label_day: 'Betaald op',
  label_reference: 'Referentie',
  contact:
    'Als er iets niet klopt, schrijf dan naar {support_email}. {merchant} vraagt nooit per e-mail naar uw kaartnummer, uw bankgegevens of een wachtwoord.',
};
