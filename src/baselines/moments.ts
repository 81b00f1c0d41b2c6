/** The sums that linear methods need of the examples so far. */
export interface Moments {
  /** Number of examples, k. */
  readonly k: number;
  /** XᵀX, [d d]. */
  readonly gram: Float64Array;
  /** Xᵀy, [d]. */
  readonly xy: Float64Array;
  observe: (x: Float64Array, y: number) => void;
}

export function moments(d: number): Moments {
  const gram = new Float64Array(d * d);
  const xy = new Float64Array(d);
  let k = 0;
  return {
    get k() {
      return k;
    },
    gram,
    xy,
    observe: (x, y) => {
      k += 1;
      for (let i = 0; i < d; i++) {
        xy[i]! += x[i]! * y;
        for (let j = 0; j < d; j++) gram[i * d + j]! += x[i]! * x[j]!;
      }
    },
  };
}
