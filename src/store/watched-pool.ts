/**
 * A pool of postgres.js that gives up what is never answered.
 *
 * postgres.js 3.4.9 offers a broken connection to others until it has closed. A statement that falls into that gap is
 * neither answered nor refused, whoever waits for it renews its lease for ever, and the connection is never used
 * again (porsager/postgres #1130, #1142; chaos found it). The same happens where a network swallows packets. So each
 * statement has a time; one that exceeds it is refused as if its connection had closed, and the pool it was given to
 * is replaced: what else it was doing has a few seconds to end.
 */
/** What of a query of postgres.js is used to watch it; not in its types. */
type Query = {
  handler?: (query: Query) => void;
  resolve: (rows: unknown) => void;
  reject: (error: unknown) => void;
};

/** What of a pool is used here by name; the rest passes through. */
type Closable = object & { end(options: { readonly timeout: number }): Promise<void> };

const GOODBYE_S = 5;

/**
 * Opens a pool and another when it stops answering.
 *
 * Statements refused for that have the code `STATEMENT_UNANSWERED`: they may have been executed.
 */
export function watchedPool<S extends Closable>(
  open: () => S,
  unanswered_ms: number,
): { readonly sql: S; close(): Promise<void> } {
  let pool = open();

  function giveUp(query: Query, its: S): void {
    query.reject(Object.assign(new Error('a statement was not answered'), { code: 'STATEMENT_UNANSWERED' }));
    if (its !== pool) return;
    pool = open();
    void its.end({ timeout: GOODBYE_S });
  }

  function watch(query: Query): void {
    const { handler, resolve, reject } = query;
    // What names things, or is a part of a statement, is never sent by itself.
    if (handler === undefined) return;
    const its = pool;
    query.handler = (sent) => {
      const timer = setTimeout(() => giveUp(query, its), unanswered_ms);
      query.resolve = (rows) => {
        clearTimeout(timer);
        resolve(rows);
      };
      query.reject = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      handler(sent);
    };
  }

  const sql = new Proxy(pool, {
    apply: (_first, itself, given) => {
      const made = Reflect.apply(pool as never, itself, given) as unknown;
      if (typeof made === 'object' && made !== null) watch(made as Query);
      return made;
    },
    get: (_first, name) => Reflect.get(pool, name),
  });
  return { sql, close: () => pool.end({ timeout: GOODBYE_S }) };
}
