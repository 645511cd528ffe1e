import type { Catalogue } from '../languages.ts';

/** Mails in French. */
export const mailsFr: Catalogue['mails'] = {
  opening: `{tried, select,
    card {{merchant} a tenté de débiter {amount} pour « {description} » de votre carte {method}.}
    saved_card {{merchant} a tenté de débiter {amount} pour « {description} » de votre carte enregistrée.}
    account {{merchant} a tenté de prélever {amount} pour « {description} » sur votre compte bancaire {method}.}
    saved_account {{merchant} a tenté de prélever {amount} pour « {description} » sur votre compte bancaire.}
    other {{merchant} vous demande de payer {amount} pour « {description} ».}}`,
  subject_authenticate: 'Veuillez confirmer votre paiement de {amount} à {merchant}',
  heading_authenticate: 'Veuillez confirmer votre paiement',
  why_authenticate:
    'Votre banque vous demande de confirmer que ce paiement vient bien de vous. Cela prend une minute.',
  button_authenticate: 'Confirmer {amount}',
  subject_replace: `{by, select,
    bank {Votre paiement de {amount} à {merchant} nécessite un autre compte ou une carte}
    other {Votre paiement de {amount} à {merchant} nécessite une autre carte}}`,
  heading_replace: `{by, select,
    bank {Votre paiement nécessite un autre compte ou une carte}
    other {Votre paiement nécessite une autre carte}}`,
  why_replace: `{why, select,
    declined {La carte n’a pas pu être débitée. Veuillez payer avec une autre carte.}
    unpaid {Votre banque a rejeté le prélèvement, qui est resté impayé. Veuillez payer depuis un autre compte ou par carte.}
    not_authorized {Votre banque indique que le prélèvement n’est pas, ou n’est plus, autorisé. Veuillez payer depuis un autre compte ou par carte.}
    account {Votre banque indique que ce compte ne peut pas être prélevé. Veuillez payer depuis un autre compte ou par carte.}
    failed {Le prélèvement n’a pas abouti. Veuillez payer depuis un autre compte ou par carte.}
    no_account {Aucun compte bancaire n’est enregistré que {merchant} puisse prélever pour ce paiement. Veuillez payer depuis un autre compte ou par carte.}
    other {Aucune carte n’est enregistrée que {merchant} puisse débiter pour ce paiement. Veuillez payer avec une autre carte.}}`,
  button_pay: 'Payer {amount}',
  subject_reminder: 'Rappel : votre paiement de {amount} à {merchant} est toujours en attente',
  subject_last: `{on_expiry, select,
    keep_open {Dernier rappel : le lien pour votre paiement de {amount} à {merchant} expire bientôt}
    other {Dernier rappel : votre paiement de {amount} à {merchant} va être annulé}}`,
  heading_last: 'Dernier rappel pour votre paiement',
  subject_early: 'Votre paiement de {amount} à {merchant} n’a pas encore abouti',
  heading_early: 'Votre paiement n’a pas encore abouti',
  early: `{by, select,
    bank {Un nouveau prélèvement aura lieu le {retry_at}. Vous pouvez aussi payer vous-même avant cette date, depuis un autre compte ou par carte.}
    other {Une nouvelle tentative aura lieu le {retry_at}. Vous pouvez aussi payer vous-même avant cette date, avec cette carte ou une autre.}}`,
  button_early: 'Payer {amount} maintenant',
  label_card: 'Carte',
  label_account: 'Compte',
  label_document: 'Document',
  label_dated: 'Daté du',
  label_to_read: 'À consulter',
  label_until: 'Ouvert jusqu’au',
  label_next_try: 'Prochaine tentative',
  label_new_card: 'Nouvelle carte',
  label_new_account: 'Nouveau compte',
  otherwise: `{ending, select,
    retry {Si vous ne faites rien, {merchant} essaiera de nouveau la carte le {retry_at}.}
    collect {Si vous ne faites rien, {merchant} prélèvera de nouveau votre compte le {retry_at}.}
    close {Si rien ne se passe d’ici au {until}, cette demande prend fin et ne donne lieu à aucun débit. {merchant} apprendra que le paiement n’a pas eu lieu et pourra vous contacter au sujet du montant.}
    release {Si rien ne se passe d’ici au {until}, le paiement est annulé : vous n’êtes pas débité et vous ne devez rien.}
    other {Ce lien fonctionne jusqu’au {until}. Ensuite, le montant reste dû et vous pouvez demander un nouveau lien.}}`,
  subject_replaced: `{new_by, select,
    bank {Un compte bancaire a été ajouté pour votre paiement à {merchant}}
    other {Une carte a été ajoutée pour votre paiement à {merchant}}}`,
  heading_replaced: `{new_by, select,
    bank {Un compte bancaire a été ajouté pour votre paiement}
    other {Une carte a été ajoutée pour votre paiement}}`,
  replaced: `{entered, select,
    card {La carte {new_method} a été saisie pour payer {amount} pour « {description} » à {merchant}.}
    account {Le compte bancaire {new_method} a été saisi pour payer {amount} pour « {description} » à {merchant}.}
    some_account {Un compte bancaire a été saisi pour payer {amount} pour « {description} » à {merchant}.}
    other {Une carte a été saisie pour payer {amount} pour « {description} » à {merchant}.}}`,
  replaced_safety:
    'Si c’était vous, vous n’avez rien à faire. Si ce n’était pas vous, prévenez-nous immédiatement.',
  contact: `{by, select,
    bank {Vous pouvez aussi nous joindre sans lien : écrivez à {support_email}. {merchant} ne demande jamais vos coordonnées bancaires ni un mot de passe par e-mail.}
    other {Vous pouvez aussi nous joindre sans lien : écrivez à {support_email}. {merchant} ne demande jamais votre numéro de carte ni un mot de passe par e-mail.}}`,
  several_headline: '{count} paiements',
  several_headline_to: 'à {merchant}',
  several_opening: `{has_total, select,
    true {{count} de vos paiements à {merchant} sont en attente, {total} au total. Un seul lien mène à tous.}
    other {{count} de vos paiements à {merchant} sont en attente. Un seul lien mène à tous.}}`,
  several_subject: `{which, select,
    last {Dernier rappel : le délai pour vos {count} paiements à {merchant} est presque écoulé}
    some_last {Dernier rappel : le délai pour {last} de vos {count} paiements à {merchant} est presque écoulé}
    early {{count} paiements à {merchant} n’ont pas encore abouti}
    other {{count} paiements à {merchant} vous attendent}}`,
  several_heading: `{which, select,
    last {Dernier rappel pour vos {count} paiements}
    some_last {Dernier rappel pour {last} de vos {count} paiements}
    early {{count} paiements n’ont pas encore abouti}
    other {{count} paiements vous attendent}}`,
  several_document: 'Document {number}',
  several_more:
    '{more, plural, one {Et # autre, que le lien affiche.} other {Et # autres, que le lien affiche.}}',
  several_button: 'Voir les {count} paiements',
  several_keeps: 'Le lien accepte ce paiement jusqu’au {until}. Ensuite, le montant reste dû.',
  several_early: `{by, select,
    bank {Ce paiement n’a pas encore abouti. Vous pouvez aussi payer vous-même maintenant, depuis un autre compte ou par carte.}
    other {Ce paiement n’a pas encore abouti. Vous pouvez aussi payer vous-même maintenant, avec la même carte ou une autre.}}`,
  several_authenticate: 'Votre banque vous demande de confirmer que ce paiement vient bien de vous.',
  several_tried: `{tried, select,
    card {{merchant} a tenté de débiter votre carte {method}.}
    saved_card {{merchant} a tenté de débiter votre carte enregistrée.}
    account {{merchant} a tenté de prélever le montant sur votre compte bancaire {method}.}
    other {{merchant} a tenté de prélever le montant sur votre compte bancaire.}}`,
};
