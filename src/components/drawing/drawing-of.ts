import type { Artifact } from '../../artifacts/artifact.ts';
import type { DataTable, Drawing } from './drawing.ts';
import { sourcesOf } from './sources.ts';
import { standalone } from './svg.ts';

interface Drawn {
  panels: Drawing['panels'];
  /** Names what the published marks show, if there are any. */
  overlay?: string | undefined;
  /** Header and rows of the CSV. */
  csv: { columns: readonly string[]; rows: readonly (readonly (string | number)[])[] };
  description: string[];
  tables: DataTable[];
  tableNote?: string;
  artifacts: readonly Artifact<unknown>[];
}

/** A figure of panels, with its file that stands alone and its CSV. */
export const drawingOf = ({ csv, artifacts, overlay, ...rest }: Drawn): Drawing => ({
  ...rest,
  overlay,
  svg: standalone(rest.panels.map(({ svg }) => svg)),
  csv: [csv.columns, ...csv.rows].map((row) => `${row.join(',')}\n`).join(''),
  sources: sourcesOf(artifacts),
});
