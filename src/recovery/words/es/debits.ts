import type { Catalogue } from '../languages.ts';

/** What is said of a debit before it is collected, in Spanish. */
export const debitsEs: Catalogue['debits'] = {
  notice_subject: '{merchant} adeudará {amount} en su cuenta bancaria el {day}',
  notice_heading: 'Se adeudarán {amount} el {day}',
  notice_opening: `{knows_account, select,
    true {{merchant} adeudará {amount} por «{description}» mediante adeudo directo en su cuenta bancaria {account} el {day}.}
    other {{merchant} adeudará {amount} por «{description}» mediante adeudo directo en su cuenta bancaria el {day}.}}`,
  notice_changed: `{is_changed, select,
    true {El importe o el día han cambiado: este aviso sustituye al anterior.}
    other {Compruebe que la cuenta tenga saldo suficiente ese día. No tiene que hacer nada más.}}`,
  notice_label_amount: 'Importe',
  notice_label_day: 'Día del adeudo',
  notice_label_account: 'Cuenta',
  notice_label_mandate: 'Referencia de la orden de domiciliación',
  notice_label_creditor: 'Acreedor',
  notice_label_creditor_id: 'Identificador del acreedor',
  notice_contact:
    'Si algo no es correcto, escriba a {support_email} antes de ese día. {merchant} nunca le pide por correo sus datos bancarios ni una contraseña.',
  mandate_subject: 'Su acuerdo de adeudo directo con {merchant}',
  mandate_heading: 'Ha aceptado adeudos directos',
  mandate_opening: `{knows_account, select,
    true {{merchant} puede cobrar de su cuenta bancaria {account} por adeudo directo, tal como usted aceptó.}
    other {{merchant} puede cobrar de su cuenta bancaria por adeudo directo, tal como usted aceptó.}}`,
  mandate_words: 'Guarde este correo. Esto es lo que aceptó:',
  mandate_page: 'Su mandato: {url}',
  mandate_kind: 'Adeudo directo',
  mandate_contact:
    'Si no lo aceptó o quiere ponerle fin, escriba a {support_email} o avise a su banco. {merchant} nunca le pide por correo sus datos bancarios ni una contraseña.',
};
