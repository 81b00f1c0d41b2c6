/**
 * The Mersenne Twister MT19937 (Matsumoto & Nishimura 1998) as Python and NumPy seed it and draw from it, so that
 * prompts which their code drew can be drawn again. For everything else there is `RandomStream`.
 */

const [SIZE, PERIOD] = [624, 397];

export class MersenneTwister {
  readonly #state: Uint32Array;
  #next = SIZE;

  private constructor(state: Uint32Array) {
    this.#state = state;
  }

  /** As `numpy.random.seed(seed)`. */
  static likeNumPy(seed: number): MersenneTwister {
    return new MersenneTwister(stateOf(seed));
  }

  /** As Python's `random.seed(seed)`. @param seed below 2^32 */
  static likePython(seed: number): MersenneTwister {
    const state = stateOf(19_650_218);
    let i = 1;
    const advance = (): void => {
      if (++i < SIZE) return;
      state[0] = state[SIZE - 1]!;
      i = 1;
    };
    const mixed = (factor: number): number => {
      const before = state[i - 1]!;
      return state[i]! ^ Math.imul(before ^ (before >>> 30), factor);
    };
    for (let k = 0; k < SIZE; k++, advance()) state[i] = mixed(1_664_525) + seed;
    for (let k = 1; k < SIZE; k++, advance()) state[i] = mixed(1_566_083_941) - i;
    state[0] = 0x8000_0000;
    return new MersenneTwister(state);
  }

  uint32(): number {
    if (this.#next === SIZE) this.#renew();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** In [0, 1), with 53 bits, as `random.random()`. */
  uniform(): number {
    const [high, low] = [this.uint32() >>> 5, this.uint32() >>> 6];
    return (high * 67_108_864 + low) / 2 ** 53;
  }

  /** In 0, …, n − 1, as Python's `random` draws it. @param n from 1 to 2^32 − 1 */
  below(n: number): number {
    const shift = Math.clz32(n);
    for (;;) {
      const drawn = this.uint32() >>> shift;
      if (drawn < n) return drawn;
    }
  }

  /** Of 0, …, n − 1, as `numpy.random.permutation(n)`. */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.#upTo(i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  /** In 0, …, most, as NumPy's legacy generators draw it. */
  #upTo(most: number): number {
    const mask = 0xffff_ffff >>> Math.clz32(most);
    for (;;) {
      const drawn = (this.uint32() & mask) >>> 0;
      if (drawn <= most) return drawn;
    }
  }

  #renew(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i]! & 0x8000_0000) | (state[(i + 1) % SIZE]! & 0x7fff_ffff);
      state[i] = state[(i + PERIOD) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0);
    }
    this.#next = 0;
  }
}

function stateOf(seed: number): Uint32Array {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(before ^ (before >>> 30), 1_812_433_253) + i;
  }
  return state;
}
