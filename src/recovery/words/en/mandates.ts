import { englishMandates } from '../english-mandates.ts';

/** What a mandate for direct debits says, in English: a scheme's own words where it has them in this language. */
export const mandatesEn = {
  ...englishMandates,
  heading: 'The mandate',
  service_agreement: 'Read the service agreement',
  sepa_debit:
    'By pressing the button and giving your bank details, you authorise (A) {creditor} and Stripe, our payment service provider, to send instructions to your bank to debit your account and (B) your bank to debit your account in accordance with those instructions. As part of your rights, you are entitled to a refund from your bank under the terms and conditions of your agreement with your bank. A refund must be claimed within 8 weeks starting from the date on which your account was debited. Your rights are explained in a statement that you can obtain from your bank. {days, plural, one {You agree to receive notice of future debits up to # day before they occur.} other {You agree to receive notice of future debits up to # days before they occur.}}',
  english_binds:
    'In short: {creditor} may collect amounts due by direct debit, and tells you of each collection. The scheme’s own text binds:',
};
