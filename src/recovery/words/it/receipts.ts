import type { Catalogue } from '../languages.ts';

/** What is said of a payment that has succeeded, in Italian. */
export const receiptsIt: Catalogue['receipts'] = {
  subject: 'Ricevuta: {amount} a {merchant}',
  heading: 'Grazie per il Suo pagamento',
  paid: `{with, select,
    card {{merchant} ha ricevuto {amount} per «{description}» il {day}, dalla Sua carta {method}.}
    account {{merchant} ha ricevuto {amount} per «{description}» il {day}, dal Suo conto bancario {method}.}
    some_account {{merchant} ha ricevuto {amount} per «{description}» il {day}, dal Suo conto bancario.}
    other {{merchant} ha ricevuto {amount} per «{description}» il {day}.}}`,
  reference: 'Riferimento: {reference}.',
  done: 'Questa e-mail è la Sua ricevuta. Non deve fare nulla.',
  label_day: 'Pagato il',
  label_reference: 'Riferimento',
  contact:
    'Se qualcosa non va, scriva a {support_email}. {merchant} non chiede mai per e-mail il numero della carta, i dati bancari o una password.',
};
