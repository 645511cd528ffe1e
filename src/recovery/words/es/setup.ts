import type { Catalogue } from '../languages.ts';

/** The page that saves a card or a bank account for later, in Spanish. */
export const setupEs: Catalogue['setup'] = {
  to_accept_heading: `{saves, select,
    bank {Guardar una cuenta bancaria para más adelante}
    any {Guardar una forma de pago para más adelante}
    other {Guardar una tarjeta para más adelante}}`,
  to_accept_lead: `{saves, select,
    bank {{merchant} desea registrar una cuenta bancaria suya. Por favor, lea cuándo y cómo se puede adeudar en ella.}
    any {{merchant} desea registrar una tarjeta o una cuenta bancaria suya. Por favor, lea cuándo y cómo se puede cobrar en ella.}
    other {{merchant} desea registrar una tarjeta suya. Por favor, lea cuándo y cómo se puede cobrar en ella.}}`,
  missing_heading: 'Todavía falta su consentimiento',
  missing_lead: `{has_account, select,
    true {La cuenta {method} está guardada, pero {merchant} no puede adeudar nada en ella antes de que usted acepte.}
    other {La tarjeta {method} está guardada, pero {merchant} no puede cobrar nada en ella antes de que usted acepte.}}`,
  to_save_heading: `{saves, select,
    bank {Ahora introduzca su cuenta bancaria}
    any {Ahora introduzca su forma de pago}
    other {Ahora introduzca su tarjeta}}`,
  to_save_lead: `{saves, select,
    bank {Ha aceptado. Todavía no se ha guardado ninguna cuenta bancaria.}
    any {Ha aceptado. Todavía no se ha guardado nada.}
    other {Ha aceptado. Todavía no se ha guardado ninguna tarjeta.}}`,
  processing_heading: `{saves, select,
    bank {Estamos comprobando su cuenta bancaria}
    any {Estamos comprobando lo que ha introducido}
    other {Estamos comprobando su tarjeta}}`,
  processing_nothing_to_do: 'Ahora no tiene que hacer nada.',
  processing_again: `{looks_again, select,
    true {Esta página se actualiza sola.}
    other {Para saber cómo va, abra de nuevo el enlace más tarde.}}`,
  saved_heading: `{saves, select,
    bank {Su cuenta bancaria está guardada}
    any {Guardado}
    other {Su tarjeta está guardada}}`,
  saved_lead: `{saves, select,
    bank {{merchant} puede adeudar en ella como usted aceptó. No se ha adeudado nada por guardarla.}
    other {{merchant} puede cobrar como usted aceptó. No se ha cobrado nada por guardarla.}}`,
  not_in_use_heading: `{saves, select,
    bank {Esta cuenta bancaria no está en uso}
    any {Esta forma de pago no está en uso}
    other {Esta tarjeta no está en uso}}`,
  not_in_use_lead: `{saves, select,
    bank {{merchant} no adeuda nada en ella. Si le sorprende, hable con el comercio.}
    other {{merchant} no cobra nada en ella. Si le sorprende, hable con el comercio.}}`,
  expired_heading: 'El plazo ha terminado',
  expired_lead: `{saves, select,
    bank {{merchant} no adeuda nada en ninguna cuenta por esta página. Vuelva allí para empezar de nuevo.}
    any {{merchant} no cobra nada por esta página. Vuelva allí para empezar de nuevo.}
    other {{merchant} no cobra en ninguna tarjeta por esta página. Vuelva allí para empezar de nuevo.}}`,
  canceled_heading: 'Esto ya no es necesario',
  canceled_lead: `{saves, select,
    bank {{merchant} ha retirado la solicitud. No se guardó ninguna cuenta bancaria.}
    any {{merchant} ha retirado la solicitud. No se guardó nada.}
    other {{merchant} ha retirado la solicitud. No se guardó ninguna tarjeta.}}`,
  failed_heading: `{saves, select,
    bank {No se pudo guardar ninguna cuenta bancaria}
    any {No se pudo guardar nada}
    other {No se pudo guardar ninguna tarjeta}}`,
  failed_lead: `{saves, select,
    bank {No se ha adeudado nada. Vuelva a {merchant} para empezar de nuevo, quizá con otra cuenta.}
    any {No se ha cobrado nada. Vuelva a {merchant} para empezar de nuevo.}
    other {No se ha cobrado nada. Vuelva a {merchant} para empezar de nuevo, quizá con otra tarjeta.}}`,
  label_terms: 'Lo que acepta',
  label_frequency: 'Con qué frecuencia',
  label_amount_basis: 'Cuánto',
  label_limits: 'Como máximo',
  label_scope: 'Cuándo',
  label_accepted: 'Aceptó el',
  label_card: 'Tarjeta',
  label_account: 'Cuenta',
  label_until: 'Abierto hasta',
  label_agreement: 'El acuerdo',
  label_mandate: 'La orden de adeudo directo',
  label_creditor_id: 'Identificador del acreedor',
  frequency: `{frequency, select,
    one_time {Un cobro, una sola vez}
    other {Repetidamente, hasta que lo retire}}`,
  scope: `{scope, select,
    off_session {También cuando no esté presente para confirmar}
    other {Solo mientras esté presente para confirmar}}`,
  limit_amount: `{per, select,
    month {{amount} al mes}
    other {{amount} cada vez}}`,
  limit_charges: '{count, plural, one {un cobro} other {# cobros}}',
  limit_until: 'hasta el {until}',
  accept_and_save: `{saves, select,
    bank {Aceptar e introducir la cuenta}
    any {Aceptar y continuar}
    other {Aceptar e introducir la tarjeta}}`,
  accept: 'Aceptar',
  save: `{saves, select,
    bank {Introducir la cuenta}
    any {Continuar}
    other {Introducir la tarjeta}}`,
  accept_hint: `{saves, select,
    bank {Al pulsar autoriza a {merchant} a adeudar en su cuenta como aquí se indica. La hora, su dirección de internet y su navegador se guardan como prueba.}
    any {Al pulsar autoriza a {merchant} a cobrarle como aquí se indica. La hora, su dirección de internet y su navegador se guardan como prueba.}
    other {Al pulsar autoriza a {merchant} a cobrar en su tarjeta como aquí se indica. La hora, su dirección de internet y su navegador se guardan como prueba.}}`,
  save_hint: `{saves, select,
    bank {Introduce la cuenta en una página segura de nuestro proveedor de pagos. Ahora no se adeuda nada.}
    any {Introduce sus datos en una página segura de nuestro proveedor de pagos. Ahora no se cobra nada.}
    other {Introduce la tarjeta en una página segura de nuestro proveedor de pagos. Ahora no se cobra nada.}}`,
  withdraw: 'Puede retirarlo en cualquier momento escribiendo a {support_email}.',
  back: 'Volver a {merchant}',
  not_now: 'Ahora no, volver a {merchant}',
};
