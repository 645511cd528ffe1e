/** One request to `/v1`, as the log stores it: entered on arrival, completed with the answer. */
export interface LoggedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  idempotency_key: string | null;
  /** The exact body. */
  body: string;
  /** Null until it is answered. */
  status: number | null;
  replayed: boolean;
  /** Real time, milliseconds. */
  atMs: number;
  /** The fault that was injected into it. */
  fault: string | null;
  /** The secret key of its account, null when it named none. */
  account: string | null;
  request_id: string;
  /** Method and path template, null for an unknown route. */
  route: string | null;
}
