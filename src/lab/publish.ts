import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ARTIFACT_SCHEMA,
  artifactPath,
  parseArtifact,
  readArtifactText,
} from '../artifacts/artifact.ts';
import type { Artifact, Provenance, RuntimeRecord } from '../artifacts/artifact.ts';
import { dataOf } from './data.ts';
import { DATA } from './experiment.ts';
import type { CheckpointSource, DataSource, Experiment } from './experiment.ts';
import { readIfThere, writeAtomic } from './files.ts';
import { prettyJson, sha256, toJson } from './hash.ts';
import { keyOf } from './lock.ts';
import type { LockEntry, LockFile } from './lock.ts';
import type { PlannedNode } from './plan.ts';
import type { Store } from './store.ts';
import type { Workspace } from './workspace.ts';

/** Brings an output into the store from its committed copy where it has one. */
export async function available(
  workspace: Workspace,
  store: Store,
  planned: PlannedNode,
  entry: LockEntry,
): Promise<boolean> {
  for (const [name, hash] of Object.entries(entry.outputs)) {
    if (await store.get(hash)) continue;
    // A copy that cannot be read is none: writing it anew says what is wrong.
    const bytes = await committed(workspace, planned, entry, name).catch(() => undefined);
    if (!bytes) return false;
    await store.put(bytes);
  }
  return true;
}

/** Where an output is committed: as its node says now, or as it was written for a node of another name. */
function placesOf(
  { node, last, experiment, preset }: PlannedNode,
  entry: LockEntry,
  name: string,
): string[] {
  if (last && name === DATA)
    return [artifactPath(experiment.id, preset), ...Object.keys(entry.published)];
  const asked = node.publish?.[name];
  if (asked === undefined) return [];
  const hash = entry.outputs[name];
  const written = Object.keys(entry.published).filter((path) => entry.published[path] === hash);
  return [asked, ...written];
}

/** An output's bytes from a committed file that holds them. */
async function committed(
  workspace: Workspace,
  planned: PlannedNode,
  entry: LockEntry,
  name: string,
): Promise<Uint8Array | undefined> {
  for (const path of placesOf(planned, entry, name)) {
    const file = await readIfThere(join(workspace.public, path));
    const bytes = file && planned.last && name === DATA ? dataIn(file, path) : file;
    if (bytes && sha256(bytes) === entry.outputs[name]) return bytes;
  }
  return undefined;
}

function dataIn(file: Uint8Array, path: string): Uint8Array | undefined {
  try {
    return dataOf(file, path);
  } catch {
    return undefined;
  }
}

/** Why not everything that the node puts under `public/` is there with the recorded bytes, if under another name. */
export async function whyUnpublished(
  workspace: Workspace,
  planned: PlannedNode,
  entry: LockEntry,
): Promise<string | undefined> {
  try {
    const whole = await isPublished(workspace, planned, entry);
    return whole ? undefined : 'its committed files are gone or changed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A node's state, with what it publishes counted in. */
export async function stateOf(
  workspace: Workspace,
  planned: PlannedNode,
): Promise<Pick<PlannedNode, 'state' | 'reasons'>> {
  const { state, reasons, entry } = planned;
  const lost =
    entry && state === 'fresh' ? await whyUnpublished(workspace, planned, entry) : undefined;
  return lost === undefined ? { state, reasons } : { state: 'missing', reasons: [lost] };
}

async function isPublished(
  workspace: Workspace,
  planned: PlannedNode,
  entry: LockEntry,
): Promise<boolean> {
  if (planned.last) {
    for (const path of placesOf(planned, entry, DATA)) {
      const file = await readIfThere(join(workspace.public, path));
      if (file && sha256(file) === entry.published[path]) return true;
    }
    return false;
  }
  for (const name of Object.keys(planned.node.publish ?? {}))
    if (!(await committed(workspace, planned, entry, name))) return false;
  return true;
}

export const hasArtifact = (
  workspace: Workspace,
  { id }: Experiment,
  preset: PlannedNode['preset'],
): boolean => existsSync(join(workspace.public, artifactPath(id, preset)));

export async function readArtifact(
  workspace: Workspace,
  experiment: Experiment,
  preset: PlannedNode['preset'],
): Promise<Artifact<unknown>> {
  const path = join(workspace.public, artifactPath(experiment.id, preset));
  const file = await readIfThere(path);
  if (!file) throw new Error(`${path}: expected an artifact, got no file; run it first`);
  return readArtifactText(file.toString('utf8'), experiment.data, path);
}

/** Reads files under `public/` as the artifact says that they are. */
export const readRecorded =
  (workspace: Workspace, { provenance }: Artifact<unknown>): ((path: string) => Promise<Buffer>) =>
  async (path) => {
    const file = await readFile(join(workspace.public, path));
    const recorded = Object.values(provenance.inputs).map(({ published }) => published?.[path]);
    const [hash, expected] = [sha256(file), recorded.find((found) => found !== undefined)];
    if (hash === expected) return file;
    throw new Error(
      `public/${path}: expected what the artifact was made of (sha256 ${expected?.slice(0, 12) ?? 'not told'}), ` +
        `got ${hash.slice(0, 12)}; restore it from git`,
    );
  };

/**
 * Puts what a finished node commits under `public/`: its outputs, or the artifact made of them. Its bytes depend on
 * records alone, so that a lost file comes back as it was.
 * @returns what was written
 */
export async function publish(
  workspace: Workspace,
  store: Store,
  lock: LockFile,
  plan: readonly PlannedNode[],
  planned: PlannedNode,
): Promise<string[]> {
  const entry = lock.get(planned.id);
  if (!entry) return [];
  const files = planned.last
    ? {
        [artifactPath(planned.experiment.id, planned.preset)]: await artifactOf(
          store,
          lock,
          plan,
          planned,
        ),
      }
    : await outputsOf(store, planned, entry);
  const published = Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)]),
  );
  if (Object.entries(published).some(([path, hash]) => entry.published[path] !== hash))
    await lock.set(planned.id, { ...entry, published }, lock.filesOf(entry));
  const written: string[] = [];
  for (const [path, bytes] of Object.entries(files)) {
    const place = join(workspace.public, path);
    // What cannot be read is written over; where that fails as well, it says why.
    const present = await readIfThere(place).catch(() => undefined);
    if (present && sha256(present) === published[path]) continue;
    await writeAtomic(place, bytes);
    written.push(`public/${path}`);
  }
  return written;
}

async function outputsOf(
  store: Store,
  { id, node }: PlannedNode,
  entry: LockEntry,
): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, path] of Object.entries(node.publish ?? {})) {
    const bytes = await store.get(entry.outputs[name] ?? '');
    if (!bytes) throw new Error(`${id}: expected output ${name}, got none; fix its publish list`);
    files[path] = bytes;
  }
  return files;
}

/** The bytes of the artifact's file. @throws Error where its data does not fit the experiment's schema */
async function artifactOf(
  store: Store,
  lock: LockFile,
  plan: readonly PlannedNode[],
  planned: PlannedNode,
): Promise<Uint8Array> {
  const { experiment, preset, id } = planned;
  const bytes = await store.get(lock.get(id)?.outputs[DATA] ?? '');
  if (!bytes)
    throw new Error(`${id}: expected ${DATA} in the store, got none; run it with --force`);
  const path = artifactPath(experiment.id, preset);
  const artifact = {
    schema: ARTIFACT_SCHEMA,
    id: experiment.id,
    preset,
    data: JSON.parse(bytes.toString('utf8')) as unknown,
    provenance: provenanceOf(lock, plan, planned),
  };
  parseArtifact(artifact, experiment.data, path);
  return new TextEncoder().encode(`${prettyJson(toJson(artifact))}\n`);
}

function provenanceOf(
  lock: LockFile,
  plan: readonly PlannedNode[],
  { id, experiment, preset, node }: PlannedNode,
): Provenance {
  const entries = plan.map((planned) => [planned, lock.get(planned.id) as LockEntry] as const);
  const seeds = plan.flatMap(({ node }) => (node.seed === undefined ? [] : [node.seed]));
  const own = lock.get(id) as LockEntry;
  return {
    key: keyOf(own.parts),
    commit: own.commit,
    dirty: entries.some(([, { dirty }]) => dirty),
    command: own.command,
    parameters: toJson(experiment.presets[preset]),
    seeds: [...new Set(seeds)].toSorted((a, b) => a - b),
    inputs: Object.fromEntries(
      entries
        .filter(([planned]) => planned.id !== id)
        .map(([planned, entry]) => [planned.node.id, inputOf(planned, entry)]),
    ),
    ...dataOfNodes([node, ...plan.map((planned) => planned.node)]),
    runtime: longest(entries.map(([, entry]) => entry)),
    startedAt: entries.map(([, { startedAt }]) => startedAt).toSorted()[0] ?? '',
    seconds: entries.reduce((sum, [, { seconds }]) => sum + seconds, 0),
  };
}

function inputOf({ node }: PlannedNode, entry: LockEntry): Provenance['inputs'][string] {
  const { parts, runtime, seconds, commit, attested, outputs } = entry;
  const published = Object.entries(node.publish ?? {}).map(([name, path]) => [path, outputs[name]]);
  return {
    key: keyOf(parts),
    backend: runtime.backend,
    adapter: runtime.adapter,
    seconds,
    commit,
    ...(published.length > 0 && {
      published: Object.fromEntries(published) as Record<string, string>,
    }),
    ...(attested && { attested }),
  };
}

/** What nodes read, with its origin: files by path from the root or by address, checkpoints by name. */
function dataOfNodes(nodes: readonly PlannedNode['node'][]): Pick<Provenance, 'data'> {
  const told = nodes.flatMap(({ data = {}, checkpoints = {} }) => [
    ...Object.values(data).flatMap(originOf),
    ...Object.values(checkpoints).map(originOfCheckpoint),
  ]);
  return told.length === 0 ? {} : { data: Object.fromEntries(told) };
}

type Told = [string, NonNullable<Provenance['data']>[string]];

function originOf(source: DataSource): Told[] {
  if ('artifact' in source) return [];
  if ('url' in source) return [[source.url, { origin: source.origin, licence: source.licence }]];
  const { file, optional: _, ...rest } = source;
  return [[file, rest]];
}

const originOfCheckpoint = (source: CheckpointSource): Told =>
  'folder' in source
    ? [source.folder, {}]
    : [`${source.repository}@${source.revision}`, { origin: 'Hugging Face' }];

/** The runtime on which most of the time was spent. */
function longest(entries: readonly LockEntry[]): RuntimeRecord {
  const [first] = entries.toSorted((a, b) => b.seconds - a.seconds);
  if (!first)
    throw new Error('lab: expected a graph with nodes, got none; add one to the experiment');
  return first.runtime;
}
