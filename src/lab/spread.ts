import { join } from 'node:path';
import { z } from 'zod';
import type { RuntimeRecord } from '../artifacts/artifact.ts';
import type { Comparison } from './experiment.ts';
import { readIfThere, writeAtomic } from './files.ts';
import { parseJson } from '../artifacts/json.ts';
import type { Workspace } from './workspace.ts';

/** Further off than this is no device but another result: it must not widen the tolerance of all. */
const FURTHEST = 1;

const row = z.strictObject({
  /** `<experiment>.<preset>` */
  artifact: z.string(),
  /** First digits of the key of the artifact that was evaluated again. */
  key: z.string(),
  backend: z.string(),
  adapter: z.string(),
  software: z.boolean(),
  /** Where only shorter contexts were evaluated: their most examples. */
  examples: z.int().optional(),
  /** Where only some curves were: what their names hold. */
  filter: z.string().optional(),
  comparisons: z.int().positive(),
  /** The comparison that is off most, and by how much, relative to the artifact. */
  worst: z.string(),
  relativeError: z.number().min(0).max(FURTHEST),
});
export type Row = z.infer<typeof row>;

/** The part of a row that is known before anything is measured. */
export type Measured = Pick<Row, 'artifact' | 'key' | 'examples' | 'filter'> &
  Pick<RuntimeRecord, 'backend' | 'adapter' | 'software'>;

/** Tolerances are this many times the worst in the table: it holds few devices, measured once each. */
export const MARGIN = 10;

const spreadPath = ({ experiments }: Workspace): string =>
  join(experiments, 'reference', 'device-spread.json');

/** The committed table of how far devices are off, by artifact; empty where there is none. */
export async function readSpread(workspace: Workspace): Promise<Row[]> {
  const path = spreadPath(workspace);
  const file = await readIfThere(path);
  if (!file) return [];
  return parseJson(file.toString('utf8'), z.array(row), {
    path,
    expected: 'a table of devices',
    remedy: 'restore it from git',
  });
}

/** How far any device may be off, whether it is in the table or not. An empty table allows nothing. */
export const toleranceOf = (rows: readonly Row[]): number =>
  MARGIN * Math.max(0, ...rows.map(({ relativeError }) => relativeError));

/** Enters what a verification measured, a row a line; the device's earlier row on the artifact gives way. */
export async function recordSpread(
  workspace: Workspace,
  measured: Measured,
  comparisons: readonly Comparison[],
): Promise<Row[]> {
  const worst = comparisons.reduce((a, b) => (b.relativeError > a.relativeError ? b : a));
  const added = row.parse({
    ...measured,
    comparisons: comparisons.length,
    worst: worst.name,
    relativeError: Number(worst.relativeError.toPrecision(2)),
  });
  const nameOf = (r: Row): string => `${r.artifact} ${r.backend} ${r.adapter}`;
  const kept = (await readSpread(workspace)).filter((other) => nameOf(other) !== nameOf(added));
  const rows = [...kept, added].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const lines = rows.map((each) => `  ${JSON.stringify(row.parse(each))}`);
  await writeAtomic(spreadPath(workspace), `[\n${lines.join(',\n')}\n]\n`);
  return rows;
}
