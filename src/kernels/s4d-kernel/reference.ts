/**
 * S4D's convolution kernel in float64, and its gradient by hand: the definition that other versions are
 * tested against, and on `wasm` the implementation, since it is small beside the convolution.
 */
type Values = ArrayLike<number>;
type Complex = readonly [re: number, im: number];

export interface S4dArrays<Array extends Values = Float64Array> {
  /** [H] */
  log_dt: Array;
  /** [H M] */
  log_A_real: Array;
  /** [H M] */
  A_imag: Array;
  /** [H M 2] */
  C: Array;
}

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
const inverse = ([a, b]: Complex): Complex => [a / (a * a + b * b), -b / (a * a + b * b)];

/** What one mode contributes: K[l] += 2 Re(out · w^l), with out = C · held and held = (w - 1) / A. */
function modeOf(inputs: S4dArrays<Values>, h: number, i: number) {
  const dt = Math.exp(inputs.log_dt[h]!);
  const A: Complex = [-Math.exp(inputs.log_A_real[i]!), inputs.A_imag[i]!];
  const [decay, turn] = [dt * A[0], dt * A[1]];
  const size = Math.exp(decay);
  const w: Complex = [size * Math.cos(turn), size * Math.sin(turn)];
  const bend = 2 * Math.sin(turn / 2) ** 2;
  const growth: Complex = [Math.expm1(decay) * Math.cos(turn) - bend, w[1]];
  const held = times(growth, inverse(A));
  const C: Complex = [inputs.C[2 * i]!, inputs.C[2 * i + 1]!];
  return { dt, A, w, held, C, out: times(C, held) };
}

/** @returns K [L H] */
export function s4dKernelReference(inputs: S4dArrays<Values>, length: number): Float64Array {
  const channels = inputs.log_dt.length;
  const modes = inputs.A_imag.length / channels;
  const K = new Float64Array(length * channels);
  const row = new Float64Array(length);
  for (let h = 0; h < channels; h++) {
    row.fill(0);
    for (let i = h * modes; i < (h + 1) * modes; i++) {
      const { w, out } = modeOf(inputs, h, i);
      let [re, im] = out;
      for (let l = 0; l < length; l++) {
        row[l]! += 2 * re;
        const next = re * w[0] - im * w[1];
        im = re * w[1] + im * w[0];
        re = next;
      }
    }
    for (let l = 0; l < length; l++) K[l * channels + h] = row[l]!;
  }
  return K;
}

/** Σ_l 2 g_l w^l and Σ_l 2 g_l l w^l, by Horner's rule. */
function powerSums(g: Float64Array, [wRe, wIm]: Complex): [Complex, Complex] {
  let [re, im, slopeRe, slopeIm] = [0, 0, 0, 0];
  for (let l = g.length - 1; l >= 0; l--) {
    const nextSlope = slopeRe * wRe - slopeIm * wIm + re;
    slopeIm = slopeRe * wIm + slopeIm * wRe + im;
    slopeRe = nextSlope;
    const next = re * wRe - im * wIm + 2 * g[l]!;
    im = re * wIm + im * wRe;
    re = next;
  }
  return [[re, im], times([slopeRe, slopeIm], [wRe, wIm])];
}

/**
 * Gradients of Σ dOut · K. With x̄ for the gradient of a complex x, dL = Re(conj(x̄) dx); the locals hold
 * conj(x̄), for which the chain rule needs no conjugates: dL = Re(z̃ dz) along z = Δ A.
 */
export function s4dKernelGradReference(
  inputs: S4dArrays<Values>,
  length: number,
  dOut: Values,
): S4dArrays {
  const channels = inputs.log_dt.length;
  const modes = inputs.A_imag.length / channels;
  const grad = {
    log_dt: new Float64Array(channels),
    log_A_real: new Float64Array(channels * modes),
    A_imag: new Float64Array(channels * modes),
    C: new Float64Array(channels * modes * 2),
  };
  const g = new Float64Array(length);
  for (let h = 0; h < channels; h++) {
    for (let l = 0; l < length; l++) g[l] = dOut[l * channels + h]!;
    for (let i = h * modes; i < (h + 1) * modes; i++) {
      const { dt, A, w, held, C, out } = modeOf(inputs, h, i);
      const [sum, slope] = powerSums(g, w);
      const ofC = times(sum, held);
      // d held = (w / A) dz - (held / A) dA, and w / A = held + 1 / A.
      const ofZ = plus(times(out, slope), times(times(sum, C), plus(held, inverse(A))));
      const direct = times(times(sum, out), inverse(A));
      grad.C[2 * i] = ofC[0];
      grad.C[2 * i + 1] = -ofC[1];
      grad.log_A_real[i] = (dt * ofZ[0] - direct[0]) * A[0];
      grad.A_imag[i] = direct[1] - dt * ofZ[1];
      grad.log_dt[h]! += dt * times(ofZ, A)[0];
    }
  }
  return grad;
}
