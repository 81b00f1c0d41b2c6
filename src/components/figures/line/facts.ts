import type { AlongALine } from '../../../artifacts/along-a-line.ts';

/** Which of the places is the query's. */
export const queryAt = ({ t, reach }: AlongALine): number =>
  t.findIndex((place) => Math.abs(place / reach - 1) < 1e-6);
