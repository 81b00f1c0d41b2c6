/** A quantity that grows in steps until its end: active dimensions or points of a prompt. */
export type Ramp = {
  start: number;
  end: number;
  /** Growth each time. */
  by: number;
  /** Training steps between two growths. */
  every: number;
};

/** @param step counts from 0 */
export const rampAt = ({ start, end, by, every }: Ramp, step: number): number =>
  Math.min(end, start + by * Math.floor(step / every));

/**
 * Cosine annealing to zero over the whole training, as PyTorch's `CosineAnnealingLR`.
 * @param step counts from 0
 */
const cosine = (peak: number, step: number, steps: number): number =>
  (peak / 2) * (1 + Math.cos((Math.PI * step) / steps));

const SCHEDULES = { cosine, constant: (peak: number): number => peak };

/** How the learning rate runs from its peak. */
export type Schedule = keyof typeof SCHEDULES;

/** @param step counts from 0 */
export const learningRateAt = (
  schedule: Schedule,
  peak: number,
  step: number,
  steps: number,
): number => SCHEDULES[schedule](peak, step, steps);
