/**
 * `stripe` types most enums as `'a' | 'b' | OtherString`, so a misspelt status would compile. `Wire<T>` removes
 * `OtherString`, so that the simulator can only send values that the SDK knows by name. It works one level deep;
 * apply it again to sub-objects that the simulator fills.
 */
export type Wire<T> = { [K in keyof T]: Closed<T[K]> };

type Other = string & Record<never, never>;
type Same<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;
type Closed<T> = T extends string ? (Same<T, Other> extends true ? never : T) : T;
