/**
 * A pool of postgres.js that survives how its driver treats broken connections (3.4.9, porsager/postgres #1130, #1142).
 *
 * Between a socket's error and its close the driver hands the broken connection to other statements. A statement in
 * that gap is never answered; or the next connection's greeting answers it, with no rows; and rows that came before
 * the break are still counted in the next answer. Chaos found each of them: a healthy worker held a row for ever, and
 * a key was missing for one request. A network that swallows packets adds the first by itself. So
 *
 * - each statement has a time; one that exceeds it is refused as if its connection had closed;
 * - an answer that names no command, or has other than the rows it counts, is refused too;
 * - a pool that has lost a connection is replaced before any caller hears of it; what else it was doing has a few
 *   seconds to end.
 */
/** An answer as the driver builds it: greetings have no command, and `count` is the server's. */
type Answer = { readonly command?: string | null; readonly count?: number | null; readonly length: number };

/** What we use of a postgres.js query to watch it; not in its types. */
type Query = {
  handler?: (query: Query) => void;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

/** What we use of a pool by name; the rest passes through. */
type Pool = object & {
  end(options: { readonly timeout: number }): Promise<void>;
  /** How query builders send: a text and its parameters. */
  unsafe(...given: never[]): object;
};

const GOODBYE_S = 5;

/**
 * Opens a pool, and another when it has lost a connection or stops answering.
 *
 * Statements refused here have the code `STATEMENT_UNANSWERED`: Postgres may have executed them. `isLost`: whether an
 * error means that a connection is gone or unusable.
 */
export function watchedPool<S extends Pool>(
  open: () => S,
  unanswered_ms: number,
  isLost: (error: unknown) => boolean,
): { readonly sql: S; close(): Promise<void> } {
  let pool = open();

  function replace(lost: S): void {
    if (lost !== pool) return;
    pool = open();
    void lost.end({ timeout: GOODBYE_S });
  }

  function watch(query: Query): void {
    const { handler, resolve, reject } = query;
    // An identifier or a fragment of a statement is never sent by itself.
    if (handler === undefined) return;
    const its = pool;
    query.handler = (sent) => {
      const timer = setTimeout(() => query.reject(unanswered()), unanswered_ms);
      query.resolve = (answer) => {
        if (!isWhole(answer)) return query.reject(unanswered());
        clearTimeout(timer);
        resolve(answer);
      };
      query.reject = (error) => {
        clearTimeout(timer);
        if (isLost(error)) replace(its);
        reject(error);
      };
      handler(sent);
    };
  }

  function unsafe(...given: never[]): object {
    const made = pool.unsafe(...given);
    watch(made as Query);
    return made;
  }

  const sql = new Proxy(pool, {
    apply: (_first, itself, given) => {
      const made = Reflect.apply(pool as never, itself, given) as unknown;
      if (typeof made === 'object' && made !== null) watch(made as Query);
      return made;
    },
    get: (_first, name) => (name === 'unsafe' ? unsafe : Reflect.get(pool, name)),
  });
  return { sql, close: () => pool.end({ timeout: GOODBYE_S }) };
}

function isWhole({ command, count, length }: Answer): boolean {
  return command !== null && (length === 0 || count === undefined || count === length);
}

function unanswered(): Error {
  return Object.assign(new Error('a statement was not answered'), { code: 'STATEMENT_UNANSWERED' });
}
