import type { Catalogue } from '../languages.ts';

/** What is said of a debit before it is collected, in French. */
export const debitsFr: Catalogue['debits'] = {
  notice_subject: '{merchant} prélèvera {amount} sur votre compte bancaire le {day}',
  notice_heading: '{amount} seront prélevés le {day}',
  notice_opening: `{knows_account, select,
    true {{merchant} prélèvera {amount} pour « {description} » sur votre compte bancaire {account} le {day}.}
    other {{merchant} prélèvera {amount} pour « {description} » sur votre compte bancaire le {day}.}}`,
  notice_changed: `{is_changed, select,
    true {Le montant ou la date ont changé : cet avis remplace le précédent.}
    other {Veuillez veiller à ce que le compte soit suffisamment approvisionné ce jour-là. Vous n’avez rien d’autre à faire.}}`,
  notice_label_amount: 'Montant',
  notice_label_day: 'Date du prélèvement',
  notice_label_account: 'Compte',
  notice_label_mandate: 'Référence du mandat',
  notice_label_creditor: 'Créancier',
  notice_label_creditor_id: 'Identifiant créancier',
  notice_contact:
    'Si quelque chose n’est pas exact, veuillez écrire à {support_email} avant cette date. {merchant} ne demande jamais vos coordonnées bancaires ni un mot de passe par e-mail.',
  mandate_subject: 'Votre accord de prélèvement avec {merchant}',
  mandate_heading: 'Vous avez accepté des prélèvements',
  mandate_opening: `{knows_account, select,
    true {{merchant} peut prélever sur votre compte bancaire {account}, comme vous l’avez accepté.}
    other {{merchant} peut prélever sur votre compte bancaire, comme vous l’avez accepté.}}`,
  mandate_words: 'Veuillez conserver cet e-mail. Voici ce que vous avez accepté :',
  mandate_page: 'Votre mandat : {url}',
  mandate_kind: 'Prélèvement',
  mandate_contact:
    'Si vous n’avez pas donné cet accord ou souhaitez y mettre fin, veuillez écrire à {support_email} ou prévenir votre banque. {merchant} ne demande jamais vos coordonnées bancaires ni un mot de passe par e-mail.',
};
