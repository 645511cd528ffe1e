import { englishMandates } from '../english-mandates.ts';

/** What a mandate for direct debits says, in Spanish: a scheme's own words where it has them in this language. */
export const mandatesEs = {
  ...englishMandates,
  heading: 'El mandato',
  service_agreement: 'Leer el contrato',
  sepa_debit:
    'Al pulsar el botón y facilitar sus datos bancarios, usted autoriza (A) a {creditor} y a Stripe, nuestro proveedor de servicios de pago, a enviar instrucciones a su banco para adeudar su cuenta y (B) a su banco a adeudar su cuenta de acuerdo con dichas instrucciones. Como parte de sus derechos, usted puede obtener un reembolso de su banco según los términos y condiciones del contrato suscrito con él. El reembolso debe reclamarse en un plazo de 8 semanas a partir de la fecha en que se adeudó su cuenta. Sus derechos se explican en un documento que puede obtener en su banco. {days, plural, one {Usted acepta recibir aviso de los adeudos futuros hasta # día antes de que se realicen.} other {Usted acepta recibir aviso de los adeudos futuros hasta # días antes de que se realicen.}}',
  english_binds:
    'En resumen: {creditor} puede cobrar los importes debidos por adeudo directo y le avisa de cada cobro. Solo es vinculante el texto en inglés del sistema de pago:',
};
