import type { Catalogue } from '../languages.ts';

/** The page of a payment, in French. */
export const pagesFr: Catalogue['pages'] = {
  to_confirm_heading: `{asks, select,
    pay_new {Votre nouvelle carte est prête}
    pay_new_account {Votre nouveau compte est prêt}
    early {Ce paiement n’a pas encore abouti}
    authenticate {Veuillez confirmer ce paiement}
    account_or_card {Ce paiement nécessite un autre compte ou une carte}
    other {Ce paiement nécessite une autre carte}}`,
  to_confirm_new: `{new_by, select,
    bank {Le compte {new_method} a été enregistré. Rien n’y a encore été prélevé.}
    other {La carte {new_method} a été enregistrée. Rien n’en a encore été débité.}}`,
  to_confirm_early: `{by, select,
    bank {{merchant} prélèvera de nouveau votre compte le {retry_at}. Vous pouvez payer avant cette date, depuis ce compte ou un autre, ou par carte.}
    other {{merchant} essaiera de nouveau votre carte enregistrée le {retry_at}. Vous pouvez payer avant cette date, avec cette carte ou une autre.}}`,
  to_confirm_authenticate: `{was_tried, select,
    true {{merchant} a tenté de débiter votre carte enregistrée. Votre banque veut s’assurer qu’il s’agit bien de vous. Cela prend une minute.}
    other {{merchant} vous demande de payer {amount}. Votre banque veut s’assurer qu’il s’agit bien de vous. Cela prend une minute.}}`,
  to_confirm_replace: `{why, select,
    declined {Votre carte enregistrée n’a pas pu être débitée. Veuillez payer {merchant} avec une autre.}
    unpaid {{merchant} a tenté de prélever ce montant sur votre compte bancaire. Votre banque a rejeté le prélèvement, qui est resté impayé. Veuillez payer depuis un autre compte ou par carte.}
    not_authorized {{merchant} a tenté de prélever ce montant sur votre compte bancaire. Votre banque indique que le prélèvement n’est pas, ou n’est plus, autorisé. Veuillez payer depuis un autre compte ou par carte.}
    account {{merchant} a tenté de prélever ce montant sur votre compte bancaire. Votre banque indique que ce compte ne peut pas être prélevé. Veuillez payer depuis un autre compte ou par carte.}
    failed {{merchant} a tenté de prélever ce montant sur votre compte bancaire. Le prélèvement n’a pas abouti. Veuillez payer depuis un autre compte ou par carte.}
    no_account {Aucun compte bancaire n’est enregistré que {merchant} puisse prélever pour ce paiement. Veuillez payer depuis un autre compte ou par carte.}
    other {Aucune carte n’est enregistrée que {merchant} puisse débiter pour ce paiement. Veuillez payer avec une autre.}}`,
  at_bank_heading: 'Veuillez poursuivre auprès de votre banque',
  at_bank_lead:
    'Votre banque ne nous a pas encore indiqué que vous y aviez confirmé. Veuillez reprendre là où vous vous étiez arrêté.',
  paid_heading: 'Merci, le paiement est fait',
  paid_lead: `{has_others, select,
    true {{merchant} a reçu {received}. Ce qui reste en attente se trouve ci-dessous.}
    other {{merchant} a reçu {received}. Vous pouvez fermer cette page.}}`,
  processing_heading: `{is_debit, select,
    true {Ce paiement a été demandé à votre banque}
    other {Nous vérifions votre paiement}}`,
  processing_nothing_to_do:
    'Vous n’avez rien à faire pour l’instant. Veuillez ne pas payer une seconde fois.',
  processing_again: `{looks_again, select,
    true {Cette page se met à jour d’elle-même.}
    other {Pour savoir où il en est, revenez plus tard ou ouvrez de nouveau le lien dans notre e-mail.}}`,
  processing_debit: `{has_day, select,
    true {{merchant} encaisse {amount} par prélèvement. L’argent quitte votre compte le {collects_on}, et nous pensons savoir le {expected_on} s’il est arrivé. Le prélèvement ne peut plus être annulé.}
    other {{merchant} encaisse {amount} par prélèvement. Il faut aux banques quelques jours ouvrés, et il n’est plus possible de l’annuler.}}`,
  processing_debit_again:
    'Pour savoir où il en est, ouvrez de nouveau le lien dans notre e-mail un autre jour.',
  expired_heading: 'Le délai pour ce paiement est écoulé',
  expired_uncharged: 'Vous n’avez pas été débité.',
  expired_lead: `{on_expiry, select,
    close {Cette demande a pris fin, et {merchant} pourra vous contacter au sujet du montant.}
    release {Cette demande a pris fin, et vous ne devez rien.}
    other {Le montant reste dû. Pour le payer, demandez un nouveau lien.}}`,
  canceled_heading: `{is_proven, select,
    true {Ce paiement a été annulé}
    other {Cette demande a pris fin}}`,
  canceled_lead: `{is_proven, select,
    true {Vous n’avez pas été débité, et vous n’avez rien à faire.}
    other {Il n’y a rien à faire ici. Veuillez contacter {merchant} au sujet de ce paiement.}}`,
  failed_try_heading: 'Cela n’a pas abouti',
  failed_try_lead: 'Vous n’avez pas été débité. Vous pouvez réessayer ci-dessous.',
  unfinished_heading: 'Le paiement n’a pas été terminé',
  unfinished_lead:
    'Rien ne nous indique qu’il a abouti. Vous pouvez réessayer ci-dessous : vous payez {amount} une seule fois.',
  ask_merchant_heading: 'Ce paiement ne peut pas se faire ici',
  ask_merchant_lead:
    'Aucun bouton ne serait utile ici pour l’instant. Veuillez écrire à {merchant} au sujet de ce paiement.',
  label_bill: 'Votre paiement',
  label_card: 'Carte',
  label_account: 'Compte',
  label_document: 'Document',
  label_dated: 'Daté du',
  label_read_document: 'Lire le document',
  fresh_mail: 'M’envoyer un nouveau lien',
  confirm: 'Confirmer auprès de votre banque',
  pay_now: 'Payer {amount} maintenant',
  continue_at_bank: 'Poursuivre auprès de votre banque',
  pay: 'Payer {amount}',
  pay_with: 'Payer {amount} avec {short}',
  pay_from: 'Payer {amount} depuis {short}',
  saved_hint:
    'Cette carte est déjà enregistrée : vous n’avez rien à saisir. Vous payez {amount} une seule fois.',
  press_hint:
    'Votre banque affichera peut-être sa propre page, puis vous ramènera ici. Vous payez {amount} une seule fois.',
  debit_hint: 'Votre banque est sollicitée pour {amount}, une seule fois. Cela prend quelques jours ouvrés.',
  replace: `{by, select,
    bank {Utiliser un autre compte ou une carte}
    other {Utiliser une autre carte}}`,
  replace_again: `{by, select,
    bank {Choisir encore un autre compte ou une autre carte}
    other {Choisir encore une autre carte}}`,
  accept_amount: `{by, select,
    bank {Vous saisissez le compte ou la carte sur une page sécurisée de notre prestataire de paiement. En continuant, vous acceptez que {merchant} y prélève {amount}, une seule fois.}
    other {Vous saisissez la carte sur une page sécurisée de notre prestataire de paiement. En continuant, vous acceptez que {merchant} en débite {amount}, une seule fois.}}`,
  replace_refused: `{by, select,
    bank {Aucun autre compte ni aucune carte ne peut être ajouté ici pour l’instant. Veuillez écrire à {merchant} si vous en avez besoin.}
    other {Aucune autre carte ne peut être ajoutée ici pour l’instant. Veuillez écrire à {merchant} si vous en avez besoin.}}`,
  check_again: 'Vérifier de nouveau',
  also_open:
    '{count, plural, one {Une autre facture est en attente} other {# autres factures sont en attente}}',
  and_more:
    'D’autres sont également en attente. Elles apparaîtront ici à mesure que celles-ci seront payées.',
  future_use: `{by, select,
    bank {{merchant} peut prélever des factures ultérieures sur ce compte lorsque je ne suis pas là pour confirmer. Je peux révoquer cette autorisation à tout moment en écrivant à {support_email}.}
    other {{merchant} peut débiter cette carte pour des factures ultérieures lorsque je ne suis pas là pour confirmer. Je peux révoquer cette autorisation à tout moment en écrivant à {support_email}.}}`,
  questions: 'Des questions ? Écrivez à {merchant} :',
  safe: 'Les numéros de carte se saisissent uniquement chez notre prestataire de paiement, jamais sur cette page.',
  safe_bank:
    'Les coordonnées bancaires et les numéros de carte se saisissent uniquement chez notre prestataire de paiement, jamais sur cette page.',
  unknown_card: 'Carte',
};
