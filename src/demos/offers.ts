import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Preset } from '../artifacts/artifact.ts';
import { findExperiment } from '../lab/catalog.ts';
import type { Node } from '../lab/experiment.ts';
import { sha256 } from '../lab/hash.ts';
import { LockFile, keyOf } from '../lab/lock.ts';
import type { LockEntry } from '../lab/lock.ts';
import { graphOf, nodesOf } from '../lab/portable/graph.ts';
import { readSpread, toleranceOf } from '../lab/spread.ts';
import type { Workspace } from '../lab/workspace.ts';
import type { Offer, Offers, Served, ServedFiles } from './offer.ts';

const TENSORS = '@tensorflow/tfjs-core';

/** A node of an experiment that a page may run, and what it has to know for it. */
export interface Offered {
  node: Node;
  offer: Offer;
}

/**
 * What pages may run of an experiment: nodes that say so, whose results are recorded and whose inputs and outputs the
 * site serves.
 * @returns by node
 */
export async function offered(
  workspace: Workspace,
  id: string,
  preset: Preset,
): Promise<Map<string, Offered>> {
  const lock = await LockFile.open(workspace, preset);
  const spread = toleranceOf(await readSpread(workspace));
  const nodes = nodesOf(graphOf(await findExperiment(workspace, id), preset));
  const served = servedFiles(workspace, lock, nodes);
  const found = nodes.flatMap((node) => {
    const entry = node.page && lock.get(`${id}.${preset}/${node.id}`);
    const files = entry && filesOf(entry, served);
    if (!entry || !files) return [];
    const { seconds, runtime } = entry;
    const offer: Offer = {
      key: keyOf(entry.parts),
      seconds,
      device: runtime.adapter,
      tensors: TENSORS in entry.parts.packages,
      tolerance: node.page?.tolerance ?? spread,
      ...files,
    };
    return [[node.id, { node, offer }] as const];
  });
  return new Map(found);
}

/** The same as the site serves it. */
export const offersOf = (found: ReadonlyMap<string, Offered>): Offers =>
  Object.fromEntries([...found].map(([id, { offer }]) => [id, offer]));

type Find = (sha256: string) => Served | undefined;

/** Files that a node declares as data and the site serves, from the paper's folder. */
const declared = ({ data = {} }: Node): string[] =>
  Object.values(data).flatMap((source) =>
    'file' in source && source.file.startsWith('public/') ? [source.file] : [],
  );

/** Files under `public/` by their hashes: what the records of a preset know, and what nodes declare. */
function servedFiles(
  { root, public: folder }: Workspace,
  lock: LockFile,
  nodes: readonly Node[],
): Find {
  const paths = new Map<string, string>();
  for (const file of nodes.flatMap(declared))
    if (existsSync(join(root, file)))
      paths.set(sha256(readFileSync(join(root, file))), file.slice('public/'.length));
  for (const id of lock.ids()) {
    const entry = lock.get(id)!;
    for (const [path, hash] of Object.entries(entry.published)) paths.set(hash, path);
    // Of an artifact, the record has the hash of the whole file, a consumer that of its data.
    const [path] = Object.keys(entry.published);
    if (path?.startsWith('artifacts/')) paths.set(Object.values(entry.outputs)[0]!, path);
  }
  return (sha256) => {
    const path = paths.get(sha256);
    if (path === undefined) return undefined;
    const stat = statSync(join(folder, path), { throwIfNoEntry: false });
    return stat && { path, sha256, bytes: stat.size };
  };
}

function filesOf(
  { parts, outputs }: LockEntry,
  find: Find,
): Pick<Offer, 'inputs' | 'data' | 'outputs'> | undefined {
  const all = (hashes: Readonly<Record<string, string | null>>): ServedFiles | undefined => {
    const files = Object.entries(hashes).map(([name, hash]) => [name, find(hash ?? '')] as const);
    return files.every(([, file]) => file) ? (Object.fromEntries(files) as ServedFiles) : undefined;
  };
  const inputs = Object.entries(parts.inputs).map(([name, hashes]) => [name, all(hashes)] as const);
  const [read, made] = [all(parts.data), all(outputs)];
  if (!read || !made || inputs.some(([, files]) => !files)) return undefined;
  return { inputs: Object.fromEntries(inputs) as Offer['inputs'], data: read, outputs: made };
}
