import type { Preset } from '../../artifacts/artifact.ts';

/** Id of the table behind panel `i` of a figure, the same on the paper and on the figure's own page. */
export const tableId = (figure: string, preset: Preset, i: number): string =>
  `fig-${figure}-${preset}-table-${i}`;
