/**
 * Operational errors and assertions.
 *
 * Expected outcomes are values, never errors. What is thrown is either an operational error (`AppError`, with
 * a stable code that callers may switch on) or a bug (`invariant`, `unreachable`). Messages are fixed
 * sentences: they end up in logs, so they never contain an address, a token or anything that a customer or
 * Stripe sent.
 */

export interface AppErrorOptions {
  /** The error underneath. Only its type, code and SQLSTATE ever reach a log. */
  readonly cause?: unknown;
  /** Overrides the sentence derived from the code. Never interpolate data from outside. */
  readonly message?: string;
}

/** A failure of something we depend on, or input we refuse: `code` is stable, snake_case and safe to show. */
export class AppError extends Error {
  readonly code: string;

  constructor(code: string, options: AppErrorOptions = {}) {
    super(options.message ?? code.replaceAll('_', ' '), 'cause' in options ? { cause: options.cause } : {});
    this.name = 'AppError';
    this.code = code;
  }
}

/** True for an `AppError`, narrowed to one code when given. */
export function isAppError(error: unknown, code?: string): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/**
 * Asserts what can only be false through a bug of ours. In a worker the failed assertion parks the charge for
 * a person instead of guessing.
 *
 * @throws AppError with code `invariant_<code>`
 */
export function invariant(condition: unknown, code: string): asserts condition {
  if (condition) return;
  throw new AppError(`invariant_${code}`, { message: `Bug: ${code.replaceAll('_', ' ')}` });
}

/**
 * Ends an exhaustive switch: a new member of the union no longer compiles until it is handled.
 *
 * @throws AppError with code `invariant_unreachable` when a value arrives that the types exclude
 */
export function unreachable(_value: never): never {
  throw new AppError('invariant_unreachable', { message: 'Bug: a value arrived that the types exclude' });
}
