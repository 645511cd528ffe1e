import type Stripe from 'stripe';
import type { Wire } from '../wire-type.ts';

type PaymentMethod = Wire<Stripe.PaymentMethod>;

/** What a test bank account does once a debit is under way, and when its mandate is given. */
export interface BankAccount {
  /** The last part of its token: `pm_sepaDebit_<token>_de`, `pm_auBecsDebit_<token>`. */
  token: string;
  /** IBAN, or the number beside the scheme's `bank`. */
  account: string;
  outcome: 'succeeds' | 'fails' | 'disputed';
  failureCode: string | null;
  /** At least three minutes of simulator time. */
  delayed: boolean;
  /** A refused debit may end the mandate. */
  endsMandate: boolean;
  /** Its setup is taken, rejected at once, or taken before its bank refuses the mandate. */
  setup: 'ok' | 'rejected' | 'mandate_refused';
}

type MandateShown = { reference: string; url: string; status: MandateStatus; was: MandateStatus | null };
type MandateStatus = 'active' | 'inactive' | 'pending';

/** What differs between the schemes: everything else about debits knows none of them. */
export interface DebitScheme {
  type: string;
  /** The only currency it moves. */
  currency: string;
  /** `pm_<name>_<token>`, and for a scheme of many countries `_<country>` after it. */
  tokens: { name: string; countries: boolean };
  accounts: readonly BankAccount[];
  /** The parameters that name an account, and what a test account's bank is called in the first. */
  fields: {
    bank: { name: string; label: string; is: string } | null;
    number: { name: string; label: string };
  };
  /** A mandate is good at once, or only when its bank has confirmed it. */
  newMandate: 'active' | 'pending';
  /** Bank days until a debit is known to have succeeded, and how many more while its mandate is new. */
  days: { answer: number; newMandate: number };
  /** A dispute cannot be contested; where it is told as closed in the same moment, too. */
  disputes: 'final' | 'closed_at_once';
  /** Whether a SetupIntent shows options of this type. */
  setupOptions: boolean;
  method(account: string, fingerprint: string): Partial<PaymentMethod>;
  charge(
    method: PaymentMethod,
    mandate: string | null,
    expected_debit_date: string,
  ): Stripe.Charge.PaymentMethodDetails;
  mandate(shown: MandateShown): Stripe.Mandate.PaymentMethodDetails;
}

type Special = Partial<Pick<BankAccount, 'delayed' | 'endsMandate' | 'setup'>>;

/** One line of a scheme's test accounts. */
export function account(
  token: string,
  number: string,
  outcome: BankAccount['outcome'],
  failureCode: string | null = null,
  special: Special = {},
): BankAccount {
  const plain = { delayed: false, endsMandate: false, setup: 'ok' } as const;
  return { token, account: number, outcome, failureCode, ...plain, ...special };
}
