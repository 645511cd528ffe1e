/** What can be left out of the protocol, to see that the model misses it. */
export const mutants = ['bind_guard', 'cancel_proof', 'close_request', 'write_ahead'] as const;
export type Mutant = (typeof mutants)[number];

/** Null: the protocol as it is. */
export type Without = Mutant | null;
