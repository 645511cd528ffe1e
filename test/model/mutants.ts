/**
 * What can be left out of the protocol, to see that the model misses it.
 *
 * - `bind_guard`: the creator of a PaymentIntent binds it, whatever is bound already and whoever holds the lease.
 * - `cancel_proof`: a charge is reported closed with the wish, before Stripe has cancelled its PaymentIntent.
 * - `close_request`: an attempt opens without checking again whether closing was asked for meanwhile.
 * - `write_ahead`: a request to Stripe is written down with its answer, not before.
 */
export const mutants = ['bind_guard', 'cancel_proof', 'close_request', 'write_ahead'] as const;
export type Mutant = (typeof mutants)[number];

/** Null: the protocol as it is. */
export type Without = Mutant | null;
