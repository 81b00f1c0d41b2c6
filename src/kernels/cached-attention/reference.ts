/** Attention to remembered tokens as plain loops in float64. */
interface CachedAttentionShape {
  batch: number;
  /** L */
  length: number;
  /** T */
  tokens: number;
  heads: number;
  groups: number;
  /** Components of a head. */
  head: number;
  first: readonly number[];
}

/** @returns [B L heads·head]; zero before a prompt's first token */
export function cachedAttentionReference(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  { batch, length, tokens, heads, groups, head, first }: CachedAttentionShape,
): Float64Array {
  const out = new Float64Array(q.length);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) {
      for (let h = 0; h < heads; h++) {
        const at = ((b * length + t) * heads + h) * head;
        const group = Math.floor((h * groups) / heads);
        const of = (j: number): number => ((b * tokens + j) * groups + group) * head;
        const seen = Array.from({ length: tokens }, (_, j) => j).filter(
          (j) => j >= first[b]! && j <= tokens - length + t,
        );
        const scores = seen.map((j) => {
          let sum = 0;
          for (let c = 0; c < head; c++) sum += q[at + c]! * k[of(j) + c]!;
          return sum / Math.sqrt(head);
        });
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        seen.forEach((j, i) => {
          for (let c = 0; c < head; c++) out[at + c]! += (weights[i]! / total) * v[of(j) + c]!;
        });
      }
    }
  }
  return out;
}
