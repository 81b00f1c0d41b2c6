import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExperiment } from './catalog.ts';
import { dataOf } from './data.ts';
import type { Files } from './experiment.ts';
import { sha256 } from './hash.ts';
import { LockFile, keyOf } from './lock.ts';
import type { LockEntry } from './lock.ts';
import { compare } from './portable/compare.ts';
import { graphOf, nodesOf } from './portable/graph.ts';
import type { Receipt } from './portable/receipt.ts';
import { readSpread, toleranceOf } from './spread.ts';
import type { Workspace } from './workspace.ts';

/**
 * Holds what a reader's browser says it computed against the records. It cannot tell that anything ran, only that what
 * came out is what the record says of it.
 * @returns why it is refused; undefined where it is accepted
 */
export async function refusal(workspace: Workspace, receipt: Receipt): Promise<string | undefined> {
  const { experiment, preset, outputs, files, changed } = receipt;
  const entry = (await LockFile.open(workspace, preset)).get(
    `${experiment}.${preset}/${receipt.node}`,
  );
  const root = graphOf(await findExperiment(workspace, experiment), preset);
  const node = nodesOf(root).find(({ id }) => id === receipt.node);
  if (!entry || !node?.page) return 'no page runs this node from these records';
  if (keyOf(entry.parts) !== receipt.key)
    return `it is of another result (key ${receipt.key.slice(0, 12)}…)`;
  const altered = Object.entries(files).find(([name, text]) => sha256(text) !== outputs[name]);
  if (altered) return `the text of ${altered[0]} is not what its hash says`;
  const recorded = await recordedFiles(workspace, entry);
  const parameters = node.parameters;
  const expected =
    Object.keys(changed).length === 0
      ? recorded
      : node.page.recorded?.({ ...parameters, ...changed }, { parameters, outputs: recorded });
  if (!expected)
    return 'the record says nothing of its parameters: it is a run of the reader’s own';
  const here = Object.entries(outputs).map(([name, hash]) => {
    const text = files[name];
    if (text !== undefined) return [name, new TextEncoder().encode(text)];
    return [name, hash === entry.outputs[name] ? recorded[name] : new Uint8Array()];
  });
  const tolerance = node.page.tolerance ?? toleranceOf(await readSpread(workspace));
  const verdict = compare(Object.fromEntries(here) as Files, expected, tolerance);
  if (verdict.kind === 'differs')
    return `${verdict.worst.at} of ${verdict.worst.file} is ${verdict.worst.here}, recorded as ${verdict.worst.there}`;
  return verdict.kind === receipt.verdict.kind
    ? undefined
    : `it says ${receipt.verdict.kind}, and what it holds is ${verdict.kind}`;
}

/** Of an artifact, its data. */
async function recordedFiles(
  { public: folder }: Workspace,
  { outputs, published }: LockEntry,
): Promise<Files> {
  const read = Object.entries(outputs).map(async ([name, hash]) => {
    const path = Object.keys(published).find((each) => published[each] === hash);
    const artifact = Object.keys(published).find((each) => each.startsWith('artifacts/'));
    if (path !== undefined) return [name, await readFile(join(folder, path))] as const;
    if (artifact === undefined) return [name, new Uint8Array()] as const;
    return [name, dataOf(await readFile(join(folder, artifact)), artifact)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
