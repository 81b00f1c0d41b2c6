import type { Prompts } from '../tasks/prompts.ts';

/** The same prompts cut after their first points: [batch points d]. Causal models score them alike. */
export function firstPoints(prompts: Prompts, points: number): Prompts {
  const { batch, d, xs, ys } = prompts;
  if (points === prompts.points) return prompts;
  const cut = {
    batch,
    d,
    points,
    xs: new Float32Array(batch * points * d),
    ys: new Float32Array(batch * points),
  };
  for (let b = 0; b < batch; b++) {
    const start = b * prompts.points;
    cut.xs.set(xs.subarray(start * d, (start + points) * d), b * points * d);
    cut.ys.set(ys.subarray(start, start + points), b * points);
  }
  return cut;
}
