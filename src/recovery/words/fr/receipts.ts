import type { Catalogue } from '../languages.ts';

/** What is said of a payment that has succeeded, in French. */
export const receiptsFr: Catalogue['receipts'] = {
  subject: 'Reçu : {amount} à {merchant}',
  heading: 'Merci pour votre paiement',
  paid: `{with, select,
    card {{merchant} a reçu {amount} pour « {description} » le {day}, de votre carte {method}.}
    account {{merchant} a reçu {amount} pour « {description} » le {day}, de votre compte bancaire {method}.}
    some_account {{merchant} a reçu {amount} pour « {description} » le {day}, de votre compte bancaire.}
    other {{merchant} a reçu {amount} pour « {description} » le {day}.}}`,
  reference: 'Référence : {reference}.',
  done: 'Ce message est votre reçu. Vous n’avez rien à faire.',
  label_day: 'Payé le',
  label_reference: 'Référence',
  contact:
    'Si quelque chose ne va pas, écrivez à {support_email}. {merchant} ne demande jamais votre numéro de carte, vos coordonnées bancaires ou un mot de passe par e-mail.',
};
