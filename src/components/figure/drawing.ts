import type { Provenance } from '../../artifacts/artifact.ts';

/** A table of a figure's data; rows of formatted cells. */
export interface DataTable {
  title: string;
  columns: string[];
  rows: string[][];
}

/** Everything a figure shows, drawn at build. */
export interface Drawing {
  panels: { title: string; note: string; svg: string }[];
  /** Names what the `published` marks show, if there are any. */
  overlay: string | undefined;
  /** All panels in one file that stands alone. */
  svg: string;
  csv: string;
  /** What the figure shows, in words, with its numbers. */
  description: string[];
  tables: DataTable[];
  /** Path of the artifact under the site's public folder. */
  artifact: string;
  provenance: Provenance;
}
