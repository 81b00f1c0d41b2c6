/**
 * How the learning rate runs from its peak.
 * @param step counts from 0
 */
export type Schedule = (peak: number, step: number, steps: number) => number;

/** Cosine annealing to zero over all steps, as PyTorch's `CosineAnnealingLR`. */
export const cosine: Schedule = (peak, step, steps) =>
  (peak / 2) * (1 + Math.cos((Math.PI * step) / steps));

export const constant: Schedule = (peak) => peak;

/** Every schedule, by the name that parameters use. */
export const SCHEDULES = { cosine, constant };

export type ScheduleName = keyof typeof SCHEDULES;

/** The learning rate of a training. */
export interface Rates {
  /** The peak. */
  learningRate: number;
  /** From the end of the warm-up, over the steps that are left. */
  schedule: Schedule;
  /** Steps of linear growth from 0 to the peak, fewer than all; none if left out. */
  warmup?: number;
  steps: number;
}

/** @param step counts from 0 */
export const learningRateAt = (
  { learningRate, schedule, warmup = 0, steps }: Rates,
  step: number,
): number =>
  step < warmup
    ? (learningRate * (step + 1)) / warmup
    : schedule(learningRate, step - warmup, steps - warmup);
