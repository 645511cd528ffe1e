import type { Catalogue } from '../languages.ts';

/** The pages that are the same for every visitor, in French. */
export const noticesFr: Catalogue['notices'] = {
  unusable_link_title: 'Ce lien ne peut pas être utilisé',
  unusable_link_lead:
    'Il est peut-être incomplet, périmé ou remplacé par un plus récent. S’il vous était destiné, vous pouvez en demander un nouveau, qui sera envoyé à l’adresse que nous avons.',
  unusable_link_button: 'M’envoyer un nouveau lien',
  mail_asked_title: 'Consultez votre boîte de réception',
  mail_asked_lead:
    'Si ce lien correspondait à un paiement encore en attente, et si les e-mails parviennent à l’adresse enregistrée, un message avec un lien valable est en route. Nous en envoyons au plus un par heure. Si rien n’arrive, veuillez nous écrire.',
  cookies_needed_title: 'Veuillez ouvrir le lien dans votre navigateur',
  cookies_needed_lead:
    'Cette page s’ouvre avec le lien de notre e-mail et nécessite un cookie, que votre navigateur n’a pas envoyé : il bloque peut-être les cookies, ou le lien a été ouvert il y a trop longtemps. Ouvrez de nouveau le lien dans votre navigateur habituel, par exemple Chrome, Firefox ou Safari, et autorisez-y les cookies.',
  back_from_bank_title: 'De retour de votre banque',
  back_from_bank_heading: 'Vous pouvez fermer cette page',
  back_from_bank_lead:
    'Si vous venez de chez votre banque, elle nous communique directement le résultat. Pour savoir où en est votre paiement, ouvrez de nouveau le lien dans notre e-mail.',
  refused_press_title: 'Cela n’a pas fonctionné',
  refused_press_lead:
    'La page est restée ouverte trop longtemps ou a été ouverte d’une autre façon. Ouvrez de nouveau le lien dans notre e-mail.',
  unsent_title: 'Un instant',
  unsent_heading: 'Un instant, s’il vous plaît',
  unsent_lead:
    'Votre clic n’a rien envoyé à votre banque. La page de votre paiement revient d’elle-même dans un instant et montre ce que vous pouvez faire.',
  unsent_back: 'Retour à votre paiement',
  checking_title: 'Nous vérifions votre paiement',
  checking_lead:
    'Nous ne savons pas encore s’il a abouti. Veuillez ne pas payer une seconde fois : la page de votre paiement revient d’elle-même dans un instant et indique où il en est.',
  checking_back: 'Vérifier de nouveau',
  no_checkout_title: 'Un instant',
  no_checkout_heading: 'Un instant, s’il vous plaît',
  no_checkout_lead:
    'La page de notre prestataire de paiement n’a pas encore pu être ouverte. Votre clic n’a rien envoyé à votre banque. La page de votre paiement revient d’elle-même dans un instant, et vous pourrez y réessayer.',
  no_checkout_back: 'Retour à votre paiement',
  not_taken_title: 'Un instant',
  not_taken_heading: 'Un instant, s’il vous plaît',
  not_taken_lead:
    'Cela n’a pas pu se faire à l’instant. Veuillez revenir en arrière et réessayer dans une minute.',
  cannot_show_title: 'Un instant',
  cannot_show_heading: 'Un instant, s’il vous plaît',
  cannot_show_lead:
    'Cette page ne peut pas être affichée pour l’instant. Si elle ne revient pas d’ici quelques minutes, ouvrez de nouveau le lien plus tard.',
  cannot_show_once: 'Si vous venez de payer, veuillez ne pas payer une seconde fois.',
  setup_unusable_link_lead:
    'Il est peut-être incomplet ou n’est pas destiné à cette page. Retournez chez le commerçant qui vous a envoyé ici et recommencez.',
  setup_refused_press_lead:
    'La page est restée ouverte trop longtemps ou a été ouverte d’une autre façon. Rien n’a été enregistré. Ouvrez de nouveau le lien.',
  setup_back_from_checkout_title: 'Vous pouvez fermer cette page',
  setup_back_from_checkout_lead:
    'Si vous venez de saisir votre moyen de paiement, il est en route vers nous. Pour voir ce qui est enregistré, ouvrez de nouveau le lien.',
  setup_cookies_needed_lead:
    'Cette page s’ouvre avec le lien qui vous a été remis et nécessite un cookie, que votre navigateur n’a pas envoyé : il bloque peut-être les cookies, ou le lien a été ouvert il y a trop longtemps. Ouvrez de nouveau le lien dans votre navigateur habituel, par exemple Chrome, Firefox ou Safari, et autorisez-y les cookies.',
  setup_no_checkout_lead:
    'La page de notre prestataire de paiement n’a pas encore pu être ouverte. Votre clic n’a rien enregistré. Cette page revient d’elle-même dans un instant, et vous pourrez y réessayer.',
  setup_no_checkout_back: 'Retour',
};
