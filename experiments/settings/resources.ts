import type { Preset } from '../../src/artifacts/artifact.ts';
import type { Resources } from '../../src/lab/experiment.ts';

/**
 * What nodes ask of a cluster at the published scale; below it, its defaults will do. Steps were timed on a GPU;
 * other limits come from counting the work of the small runs (LOG.md, 2026-11-24 and 26).
 */
const PAPER = {
  /**
   * On an H100 the 500,001 steps take five hours for Mamba, three for the Transformer. What a day leaves undone goes
   * on in another job.
   */
  training: { gpus: 1, cpus: 2, memoryGb: 8, minutes: 1440 },
  /** Some 2.5 PFLOP, 42 minutes at 1 TFLOP/s. It has no checkpoint: the limit has to cover it. */
  evaluation: { gpus: 1, cpus: 2, memoryGb: 8, minutes: 240 },
  /** A core, no checkpoint: least squares took a minute at d = 5 and has 170 times the work at d = 20. */
  baseline: { cpus: 1, memoryGb: 4, minutes: 1440 },
  /** Puts results together: seconds. */
  artifact: { cpus: 1, memoryGb: 4, minutes: 15 },
} as const satisfies Record<string, Resources>;

/** The field `resources` of a node, absent but at `paper`. */
export const resourcesOf = (preset: Preset, kind: keyof typeof PAPER): { resources?: Resources } =>
  preset === 'paper' ? { resources: PAPER[kind] } : {};
