/** Causal softmax attention as plain loops in float64; q | k | v along the last axis, heads inside. */
export interface AttentionShape {
  batch: number;
  length: number;
  /** D, all heads together */
  width: number;
  heads: number;
}

/** Runs `visit` for each query of each head with its probabilities over keys 0 … t. */
function eachQuery(
  { batch, length, width, heads }: AttentionShape,
  qkv: Float64Array,
  visit: (query: number, keys: number[], probabilities: number[], out: number) => void,
): void {
  const head = width / heads;
  const dot = (i: number, j: number): number => {
    let sum = 0;
    for (let c = 0; c < head; c++) sum += qkv[i + c]! * qkv[j + c]!;
    return sum / Math.sqrt(head);
  };
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const at = (t: number): number => (b * length + t) * 3 * width + h * head;
      for (let t = 0; t < length; t++) {
        const keys = Array.from({ length: t + 1 }, (_, s) => at(s) + width);
        const scores = keys.map((key) => dot(at(t), key));
        const largest = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - largest));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const probabilities = weights.map((weight) => weight / total);
        visit(at(t), keys, probabilities, (b * length + t) * width + h * head);
      }
    }
  }
}

/** @returns [B L D] */
export function attentionReference(shape: AttentionShape, qkv: Float64Array): Float64Array {
  const { width, heads } = shape;
  const out = new Float64Array(qkv.length / 3);
  eachQuery(shape, qkv, (_, keys, probabilities, to) => {
    for (let c = 0; c < width / heads; c++) {
      keys.forEach((key, s) => (out[to + c]! += probabilities[s]! * qkv[key + width + c]!));
    }
  });
  return out;
}

/** Gradient of Σ dOut · out, [B L 3D]. */
export function attentionGradReference(
  shape: AttentionShape,
  qkv: Float64Array,
  dOut: Float64Array,
): Float64Array {
  const { width, heads } = shape;
  const head = width / heads;
  const grad = new Float64Array(qkv.length);
  eachQuery(shape, qkv, (query, keys, probabilities, from) => {
    const dProbabilities = keys.map((key) => {
      let sum = 0;
      for (let c = 0; c < head; c++) sum += dOut[from + c]! * qkv[key + width + c]!;
      return sum;
    });
    const mean = probabilities.reduce((sum, p, s) => sum + p * dProbabilities[s]!, 0);
    keys.forEach((key, s) => {
      const dScore = (probabilities[s]! * (dProbabilities[s]! - mean)) / Math.sqrt(head);
      for (let c = 0; c < head; c++) {
        grad[query + c]! += dScore * qkv[key + c]!;
        grad[key + c]! += dScore * qkv[query + c]!;
        grad[key + width + c]! += probabilities[s]! * dOut[from + c]!;
      }
    });
  });
  return grad;
}
