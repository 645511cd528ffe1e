import type { Catalogue } from '../languages.ts';

/** The page that saves a card or a bank account for later, in French. */
export const setupFr: Catalogue['setup'] = {
  to_accept_heading: `{saves, select,
    bank {Enregistrer un compte bancaire pour plus tard}
    any {Enregistrer un moyen de paiement pour plus tard}
    other {Enregistrer une carte pour plus tard}}`,
  to_accept_lead: `{saves, select,
    bank {{merchant} souhaite conserver un de vos comptes bancaires. Veuillez lire quand et comment il peut être prélevé.}
    any {{merchant} souhaite conserver une carte ou un compte bancaire. Veuillez lire quand et comment ils peuvent être débités.}
    other {{merchant} souhaite conserver une de vos cartes. Veuillez lire quand et comment elle peut être débitée.}}`,
  missing_heading: 'Votre accord manque encore',
  missing_lead: `{has_account, select,
    true {Le compte {method} est enregistré, mais {merchant} ne peut pas le prélever avant votre accord.}
    other {La carte {method} est enregistrée, mais {merchant} ne peut pas la débiter avant votre accord.}}`,
  to_save_heading: `{saves, select,
    bank {Saisissez maintenant votre compte bancaire}
    any {Saisissez maintenant votre moyen de paiement}
    other {Saisissez maintenant votre carte}}`,
  to_save_lead: `{saves, select,
    bank {Vous avez donné votre accord. Aucun compte bancaire n’est encore enregistré.}
    any {Vous avez donné votre accord. Rien n’est encore enregistré.}
    other {Vous avez donné votre accord. Aucune carte n’est encore enregistrée.}}`,
  processing_heading: `{saves, select,
    bank {Nous vérifions votre compte bancaire}
    any {Nous vérifions ce que vous avez saisi}
    other {Nous vérifions votre carte}}`,
  processing_nothing_to_do: 'Vous n’avez rien à faire pour l’instant.',
  processing_again: `{looks_again, select,
    true {Cette page se met à jour d’elle-même.}
    other {Pour savoir où cela en est, ouvrez de nouveau le lien plus tard.}}`,
  saved_heading: `{saves, select,
    bank {Votre compte bancaire est enregistré}
    any {C’est enregistré}
    other {Votre carte est enregistrée}}`,
  saved_lead: `{saves, select,
    bank {{merchant} peut le prélever comme convenu. L’enregistrement n’a donné lieu à aucun prélèvement.}
    other {{merchant} peut débiter comme convenu. L’enregistrement n’a donné lieu à aucun débit.}}`,
  not_in_use_heading: `{saves, select,
    bank {Ce compte bancaire n’est pas utilisé}
    any {Ce moyen de paiement n’est pas utilisé}
    other {Cette carte n’est pas utilisée}}`,
  not_in_use_lead: `{saves, select,
    bank {{merchant} ne le prélève pas. Si cela vous surprend, veuillez contacter ce commerçant.}
    other {{merchant} ne débite rien. Si cela vous surprend, veuillez contacter ce commerçant.}}`,
  expired_heading: 'Le délai est écoulé',
  expired_lead: `{saves, select,
    bank {{merchant} ne prélève aucun compte du fait de cette page. Retournez-y pour recommencer.}
    any {{merchant} ne débite rien du fait de cette page. Retournez-y pour recommencer.}
    other {{merchant} ne débite aucune carte du fait de cette page. Retournez-y pour recommencer.}}`,
  canceled_heading: 'Ce n’est plus nécessaire',
  canceled_lead: `{saves, select,
    bank {{merchant} a retiré sa demande. Aucun compte bancaire n’a été enregistré.}
    any {{merchant} a retiré sa demande. Rien n’a été enregistré.}
    other {{merchant} a retiré sa demande. Aucune carte n’a été enregistrée.}}`,
  failed_heading: `{saves, select,
    bank {Aucun compte bancaire n’a pu être enregistré}
    any {Rien n’a pu être enregistré}
    other {Aucune carte n’a pu être enregistrée}}`,
  failed_lead: `{saves, select,
    bank {Rien n’a été prélevé. Retournez chez {merchant} pour recommencer, peut-être avec un autre compte.}
    any {Rien n’a été débité. Retournez chez {merchant} pour recommencer.}
    other {Rien n’a été débité. Retournez chez {merchant} pour recommencer, peut-être avec une autre carte.}}`,
  label_terms: 'Ce que vous acceptez',
  label_frequency: 'À quelle fréquence',
  label_amount_basis: 'Combien',
  label_limits: 'Au plus',
  label_scope: 'Quand',
  label_accepted: 'Votre accord',
  label_card: 'Carte',
  label_account: 'Compte',
  label_until: 'Ouvert jusqu’au',
  label_agreement: 'L’accord',
  label_mandate: 'Le mandat de prélèvement',
  label_creditor_id: 'Identifiant créancier',
  frequency: `{frequency, select,
    one_time {Un débit, une seule fois}
    other {De façon répétée, jusqu’à ce que vous le révoquiez}}`,
  scope: `{scope, select,
    off_session {Aussi lorsque vous n’êtes pas là pour confirmer}
    other {Seulement lorsque vous êtes là pour confirmer}}`,
  limit_amount: `{per, select,
    month {{amount} par mois}
    other {{amount} à chaque fois}}`,
  limit_charges: '{count, plural, one {un débit} other {# débits}}',
  limit_until: 'jusqu’au {until}',
  accept_and_save: `{saves, select,
    bank {Accepter et saisir le compte}
    any {Accepter et continuer}
    other {Accepter et saisir la carte}}`,
  accept: 'Accepter',
  save: `{saves, select,
    bank {Saisir le compte}
    any {Continuer}
    other {Saisir la carte}}`,
  accept_hint: `{saves, select,
    bank {En cliquant, vous autorisez {merchant} à prélever votre compte comme indiqué ici. L’heure, votre adresse internet et votre navigateur sont conservés comme preuve.}
    any {En cliquant, vous autorisez {merchant} à vous débiter comme indiqué ici. L’heure, votre adresse internet et votre navigateur sont conservés comme preuve.}
    other {En cliquant, vous autorisez {merchant} à débiter votre carte comme indiqué ici. L’heure, votre adresse internet et votre navigateur sont conservés comme preuve.}}`,
  save_hint: `{saves, select,
    bank {Vous saisissez le compte sur une page sécurisée de notre prestataire de paiement. Rien n’est prélevé maintenant.}
    any {Vous saisissez vos coordonnées sur une page sécurisée de notre prestataire de paiement. Rien n’est débité maintenant.}
    other {Vous saisissez la carte sur une page sécurisée de notre prestataire de paiement. Rien n’est débité maintenant.}}`,
  withdraw: 'Vous pouvez révoquer cet accord à tout moment en écrivant à {support_email}.',
  back: 'Retour à {merchant}',
  not_now: 'Pas maintenant, retour à {merchant}',
};
