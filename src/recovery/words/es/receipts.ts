import type { Catalogue } from '../languages.ts';

/** What is said of a payment that has succeeded, in Spanish. */
export const receiptsEs: Catalogue['receipts'] = {
  subject: 'Recibo: {amount} a {merchant}',
  heading: 'Gracias por su pago',
  paid: `{with, select,
    card {{merchant} recibió {amount} por «{description}» el {day}, de su tarjeta {method}.}
    account {{merchant} recibió {amount} por «{description}» el {day}, de su cuenta bancaria {method}.}
    some_account {{merchant} recibió {amount} por «{description}» el {day}, de su cuenta bancaria.}
    other {{merchant} recibió {amount} por «{description}» el {day}.}}`,
  reference: 'Referencia: {reference}.',
  done: 'Este correo es su recibo. No tiene que hacer nada.',
  label_day: 'Pagado el',
  label_reference: 'Referencia',
  contact:
    'Si algo no es correcto, escriba a {support_email}. {merchant} nunca pide por correo el número de su tarjeta, sus datos bancarios ni una contraseña.',
};
