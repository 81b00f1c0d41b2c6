import { join } from 'node:path';
import { z } from 'zod';
import type { Comparison } from './experiment.ts';
import { readIfThere, writeAtomic } from './files.ts';
import { prettyJson, toJson } from './hash.ts';
import type { Workspace } from './workspace.ts';

const row = z.strictObject({
  /** `<experiment>.<preset>` */
  artifact: z.string(),
  /** Key of the artifact that was evaluated again. */
  key: z.string(),
  backend: z.string(),
  adapter: z.string(),
  software: z.boolean(),
  comparisons: z.int(),
  /** The comparison that is off most, and by how much, relative to the artifact. */
  worst: z.string(),
  relativeError: z.number(),
});
type Row = z.infer<typeof row>;

const spreadPath = ({ experiments }: Workspace): string =>
  join(experiments, 'reference', 'device-spread.json');

/** Enters what a verification measured on one device; the same device's earlier row gives way. */
export async function recordSpread(
  workspace: Workspace,
  device: Pick<Row, 'backend' | 'adapter' | 'software'>,
  artifact: Pick<Row, 'artifact' | 'key'>,
  comparisons: readonly Comparison[],
): Promise<string> {
  const path = spreadPath(workspace);
  const file = await readIfThere(path);
  const rows = file ? z.array(row).parse(JSON.parse(file.toString('utf8'))) : [];
  const worst = comparisons.reduce((a, b) => (b.relativeError > a.relativeError ? b : a));
  const { backend, adapter, software } = device;
  const measured = { comparisons: comparisons.length, worst: worst.name };
  const added: Row = {
    ...artifact,
    backend,
    adapter,
    software,
    ...measured,
    relativeError: worst.relativeError,
  };
  const nameOf = (r: Row): string => `${r.artifact} ${r.backend} ${r.adapter}`;
  const kept = rows.filter((other) => nameOf(other) !== nameOf(added));
  const sorted = [...kept, added].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  await writeAtomic(path, `${prettyJson(toJson(sorted))}\n`);
  return path;
}
