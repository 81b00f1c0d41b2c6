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

/** The first step (counted from 0) at which it has reached its end. */
export const rampEnd = ({ start, end, by, every }: Ramp): number =>
  every * Math.ceil((end - start) / by);
