/** The selective scan as plain loops in float64: the definition that kernels are tested against. */
export interface ScanShape {
  /** B prompts */
  batch: number;
  /** L tokens */
  length: number;
  /** D channels */
  channels: number;
  /** N states a channel */
  states: number;
}

/** Row-major arrays of the shapes in op.ts. */
export interface ScanArrays {
  u: Float64Array;
  delta: Float64Array;
  A: Float64Array;
  B: Float64Array;
  C: Float64Array;
  D?: Float64Array | undefined;
  z?: Float64Array | undefined;
  deltaBias?: Float64Array | undefined;
  initialState?: Float64Array | undefined;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** @returns out [B L D] and every state, [B L+1 D N], the first being the initial one */
export function scanReference(
  { batch, length, channels, states }: ScanShape,
  { u, delta, A, B, C, D, z, deltaBias, initialState }: ScanArrays,
  deltaSoftplus: boolean,
): { out: Float64Array; h: Float64Array; lastState: Float64Array } {
  const out = new Float64Array(batch * length * channels);
  const h = new Float64Array(batch * (length + 1) * channels * states);
  const lastState = new Float64Array(batch * channels * states);
  const size = channels * states;
  for (let b = 0; b < batch; b++) {
    if (initialState)
      h.set(initialState.subarray(b * size, (b + 1) * size), b * (length + 1) * size);
    for (let t = 0; t < length; t++) {
      for (let d = 0; d < channels; d++) {
        const row = b * length + t;
        const i = row * channels + d;
        const raw = delta[i]! + (deltaBias?.[d] ?? 0);
        const dt = deltaSoftplus ? softplus(raw) : raw;
        let y = (D?.[d] ?? 0) * u[i]!;
        for (let n = 0; n < states; n++) {
          const at = ((b * (length + 1) + t) * channels + d) * states + n;
          const decay = Math.exp(dt * A[d * states + n]!);
          const next = decay * h[at]! + dt * B[row * states + n]! * u[i]!;
          h[at + channels * states] = next;
          if (t === length - 1) lastState[(b * channels + d) * states + n] = next;
          y += C[row * states + n]! * next;
        }
        out[i] = z ? y * z[i]! * sigmoid(z[i]!) : y;
      }
    }
  }
  return { out, h, lastState };
}

/** Gradients of Σ dOut · out with respect to each input that is there. */
export function scanGradReference(
  shape: ScanShape,
  inputs: ScanArrays,
  deltaSoftplus: boolean,
  dOut: Float64Array,
): ScanArrays {
  const { batch, length, channels, states } = shape;
  const { u, delta, A, B, C, D, z, deltaBias } = inputs;
  const { h } = scanReference(shape, inputs, deltaSoftplus);
  const zeros = (like: Float64Array): Float64Array => new Float64Array(like.length);
  const grad = { u: zeros(u), delta: zeros(delta), A: zeros(A), B: zeros(B), C: zeros(C) };
  const dD = D && zeros(D);
  const dz = z && zeros(z);
  const dBias = deltaBias && zeros(deltaBias);
  const carry = new Float64Array(batch * channels * states);
  for (let b = 0; b < batch; b++) {
    for (let t = length - 1; t >= 0; t--) {
      for (let d = 0; d < channels; d++) {
        const row = b * length + t;
        const i = row * channels + d;
        const raw = delta[i]! + (deltaBias?.[d] ?? 0);
        const dt = deltaSoftplus ? softplus(raw) : raw;
        const gate = z ? sigmoid(z[i]!) : 1;
        const g = dOut[i]! * (z ? z[i]! * gate : 1);
        let y = (D?.[d] ?? 0) * u[i]!;
        let dDt = 0;
        for (let n = 0; n < states; n++) {
          const at = ((b * (length + 1) + t) * channels + d) * states + n;
          const [s, c, k] = [row * states + n, (b * channels + d) * states + n, d * states + n];
          const decay = Math.exp(dt * A[k]!);
          const next = h[at + channels * states]!;
          const dh = carry[c]! + g * C[s]!;
          y += C[s]! * next;
          grad.C[s]! += g * next;
          grad.B[s]! += dh * dt * u[i]!;
          grad.A[k]! += dh * dt * decay * h[at]!;
          grad.u[i]! += dh * dt * B[s]!;
          dDt += dh * (A[k]! * decay * h[at]! + B[s]! * u[i]!);
          carry[c] = dh * decay;
        }
        grad.u[i]! += g * (D?.[d] ?? 0);
        grad.delta[i] = deltaSoftplus ? dDt * sigmoid(raw) : dDt;
        if (dD) dD[d]! += g * u[i]!;
        if (z && dz) dz[i] = dOut[i]! * y * gate * (1 + z[i]! * (1 - gate));
        if (dBias) dBias[d]! += grad.delta[i];
      }
    }
  }
  return { ...grad, D: dD, z: dz, deltaBias: dBias, initialState: inputs.initialState && carry };
}
