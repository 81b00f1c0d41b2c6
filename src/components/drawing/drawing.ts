import type { Artifact, Provenance } from '../../artifacts/artifact.ts';
import type { LearningCurves } from '../../artifacts/learning-curves.ts';

/** A table of a figure's data; rows of formatted cells. */
export interface DataTable {
  title: string;
  columns: string[];
  rows: string[][];
}

/** An artifact behind a figure. */
export interface Source {
  experiment: string;
  /** Path under the site's public folder. */
  artifact: string;
  /** Which trainings ended before their schedules, and when. */
  stopped?: readonly string[];
  provenance: Provenance;
}

/** Published curves that a reader's browser can compute again. */
export interface Runnable {
  shows: 'curves' | 'losses';
  artifact: Artifact<LearningCurves>;
  /** Of curves. */
  evaluation?: string;
  /** Trained methods that the panel shows. */
  models: readonly string[];
}

interface Panel {
  title: string;
  note: string;
  svg: string;
  /**
   * Where each row of the table of the same place lies across the drawing, in units of its viewBox:
   * what a pointer there reads out. Left out for a drawing without such rows.
   */
  rowsAt?: number[];
  runnable?: Runnable;
}

/** Everything a figure shows, drawn at build. */
export interface Drawing {
  panels: Panel[];
  /** Names what the `published` marks show, if there are any. */
  overlay: string | undefined;
  /** All panels in one file that stands alone. */
  svg: string;
  csv: string;
  /** What the figure shows, in words, with its numbers. */
  description: string[];
  tables: DataTable[];
  /** What the tables leave out, if anything. */
  tableNote?: string;
  sources: Source[];
}
