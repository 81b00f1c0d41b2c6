/**
 * Seeded, portable randomness: Threefry-2x32-20 (Salmon et al. 2011, "Parallel random numbers: as
 * easy as 1, 2, 3") and a normal quantile in plain IEEE arithmetic, so that Node and every browser
 * draw the same bits. Nothing here calls an engine-defined function such as `Math.log`.
 */

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const PARITY = 0x1bd11bda;

/** One block: 64-bit key and counter (as pairs of uint32) to 64 random bits. */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const schedule = [key0, key1, (PARITY ^ key0 ^ key1) | 0];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round % 8] as number;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if (round % 4 === 3) {
      const group = (round + 1) / 4;
      x0 = (x0 + (schedule[group % 3] as number)) | 0;
      x1 = (x1 + (schedule[(group + 1) % 3] as number) + group) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

/**
 * A stream of random numbers with an address. `fork` derives an independent stream from a label, so
 * that "training batch 17 of seed 2" is a place, not a moment: draws do not depend on what was drawn
 * before elsewhere.
 */
export class RandomStream {
  readonly #key: readonly [number, number];
  #counter = 0;
  #spare: number | undefined;

  private constructor(key: readonly [number, number]) {
    this.#key = key;
  }

  /** @param seed non-negative integer below 2^53 */
  static fromSeed(seed: number): RandomStream {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(
        `RandomStream.fromSeed: expected an integer from 0 to 2^53 - 1, got ${seed}; pass a whole number`,
      );
    }
    return new RandomStream([seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0]);
  }

  /** An independent stream named by `label`. The counter's top bit keeps forks apart from draws. */
  fork(label: string | number): RandomStream {
    let key = this.#key;
    const text = typeof label === 'number' ? `#${label}` : label;
    for (let i = 0; i < text.length; i += 2) {
      const pair = (text.charCodeAt(i) << 16) | (i + 1 < text.length ? text.charCodeAt(i + 1) : 0);
      key = threefry2x32(key[0], key[1], pair, (0x80000000 | text.length) ^ i);
    }
    return new RandomStream(key);
  }

  /** Uniform integer in [0, 2^32). */
  uint32(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const [first, second] = threefry2x32(this.#key[0], this.#key[1], this.#counter, 0);
    this.#counter = (this.#counter + 1) | 0;
    this.#spare = second;
    return first;
  }

  /** Uniform in (0, 1), 2^-33 away from both ends. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * ((this.uint32() + 0.5) / 2 ** 32);
  }

  /** Uniform integer in [0, n), without modulo bias. */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`RandomStream.integer: expected n from 1 to 2^32, got ${n}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % n;
  }

  /** Standard normal deviate. */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** A Float32Array of `length` standard normal deviates. */
  normals(length: number): Float32Array {
    return Float32Array.from({ length }, () => this.normal());
  }

  /** Fisher–Yates shuffle of 0 … n-1. */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i] as number;
      order[i] = order[j] as number;
      order[j] = held;
    }
    return order;
  }
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

const view = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** Natural logarithm of a positive normal number in +, -, *, / alone: the same bits everywhere. */
export function portableLog(x: number): number {
  view.setFloat64(0, x);
  let exponent = ((view.getUint32(0) >>> 20) & 0x7ff) - 1023;
  view.setUint32(0, (view.getUint32(0) & 0x000fffff) | 0x3ff00000);
  let mantissa = view.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const s2 = s * s;
  let series = 0;
  for (let odd = 21; odd >= 1; odd -= 2) series = series * s2 + 1 / odd;
  return exponent * LN2_HIGH + (2 * s * series + exponent * LN2_LOW);
}

/** Quantile function of the standard normal: Wichura (1988), algorithm AS 241, PPND16. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE[0], r)) / polynomial(CENTRE[1], r);
  }
  const r = Math.sqrt(-portableLog(q < 0 ? p : 1 - p));
  const [numerator, denominator, shift] = r <= 5 ? TAIL : FAR_TAIL;
  const magnitude = polynomial(numerator, r - shift) / polynomial(denominator, r - shift);
  return q < 0 ? -magnitude : magnitude;
}

type Rational = readonly [readonly number[], readonly number[], number];
const CENTRE: Rational = [
  [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
    39307.89580009271061, 28729.085735721942674, 5226.495278852545925,
  ],
  0,
];
const TAIL: Rational = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
    7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
    0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
    1.05075007164441684324e-9,
  ],
  1.6,
];
const FAR_TAIL: Rational = [
  [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
  ],
  [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
    7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
    2.04426310338993978564e-15,
  ],
  5,
];
