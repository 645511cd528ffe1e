import { createHash } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A repeatable stream of random values. */
export interface Random {
  /** 0 included, 1 excluded. */
  fraction(): number;
  /** `prefix` and `length` base62 characters. */
  id(prefix: string, length?: number): string;
}

/** sfc32, seeded by hashing the parts, so that streams with different parts are independent. */
export function randomFrom(...parts: readonly (string | number)[]): Random {
  const seed = createHash('sha256').update(parts.join('\n')).digest();
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = seed.readInt32LE(12);

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }

  function id(prefix: string, length = 24): string {
    let text = prefix;
    let left = length;
    while (left > 0) {
      let bits = next();
      // Four characters per draw: 62^4 is well below 2^32, so the bias does not matter here.
      for (let n = Math.min(4, left); n > 0; n -= 1) {
        text += BASE62[bits % 62];
        bits = Math.floor(bits / 62);
        left -= 1;
      }
    }
    return text;
  }

  return { fraction: () => next() / 4_294_967_296, id };
}
