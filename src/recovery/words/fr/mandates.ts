import { englishMandates } from '../english-mandates.ts';

/** What a mandate for direct debits says, in French: a scheme's own words where it has them in this language. */
export const mandatesFr = {
  ...englishMandates,
  heading: 'Le mandat',
  service_agreement: 'Lire la convention',
  sepa_debit:
    'En appuyant sur le bouton et en fournissant vos coordonnées bancaires, vous autorisez (A) {creditor} et Stripe, notre prestataire de services de paiement, à envoyer des instructions à votre banque pour débiter votre compte et (B) votre banque à débiter votre compte conformément à ces instructions. Vous bénéficiez d’un droit à remboursement par votre banque selon les conditions décrites dans la convention que vous avez passée avec elle. Toute demande de remboursement doit être présentée dans les 8 semaines suivant la date de débit de votre compte. Vos droits sont expliqués dans un document que vous pouvez obtenir auprès de votre banque. {days, plural, one {Vous acceptez d’être averti des prélèvements à venir jusqu’à # jour avant leur exécution.} other {Vous acceptez d’être averti des prélèvements à venir jusqu’à # jours avant leur exécution.}}',
  english_binds:
    'En bref : {creditor} peut prélever les montants dus et vous avertit de chaque prélèvement. Seul le texte anglais du système de paiement fait foi :',
};
