/**
 * What can be left out of the protocol, to see that the model misses it.
 *
 * - `asked_again`: whether an attempt may be sent again is not asked anew.
 * - `bind_guard`: the creator of a PaymentIntent binds it, whatever is bound already and whoever holds the lease.
 * - `cancel_proof`: a charge is reported closed with the wish, before Stripe has cancelled its PaymentIntent.
 * - `card_verdict`: nobody asks whether a card was closed, neither for a first sending nor for another.
 * - `close_request`: an attempt opens without checking again whether closing was asked for meanwhile.
 * - `debit_notice`: a debit leaves once its notice is written: nobody asks whether it was sent, and its period has passed.
 * - `intake_locks`: a charge is taken in by what the statement saw before it waited for consent, method and customer.
 * - `list_first`: after a loss of rows nothing is looked for at Stripe before it is created.
 * - `locked_reads`: what permits a sending is read in the statement that locks, which sees it as it was before it waited.
 * - `method_of_day`: an attempt opens without asking again whether its method is still the choice.
 * - `one_at_a_time`: who was woken last is not kept, so the next is woken whatever became of it.
 * - `open_listed`: what a withdrawal names is what a lease still runs for, not every attempt without an outcome.
 * - `write_ahead`: a request to Stripe is written down with its answer, not before.
 */
export const mutants = [
  'asked_again',
  'bind_guard',
  'cancel_proof',
  'card_verdict',
  'close_request',
  'debit_notice',
  'intake_locks',
  'list_first',
  'locked_reads',
  'method_of_day',
  'one_at_a_time',
  'open_listed',
  'write_ahead',
] as const;
export type Mutant = (typeof mutants)[number];

/** Null: the protocol as it is. */
export type Without = Mutant | null;
