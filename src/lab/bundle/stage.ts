import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { presets } from '../../artifacts/artifact.ts';
import { findExperiment } from '../catalog.ts';
import { checkpointsPath } from '../checkpoint.ts';
import { createJudge } from '../implementation.ts';
import { createKeyer } from '../keys.ts';
import { LockFile } from '../lock.ts';
import { planAll } from '../plan.ts';
import { openWorkspace } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';
import { changedFiles, describeCheckout } from '../git.ts';
import { sha256 } from '../hash.ts';
import { loadKernels } from '../kernels.ts';
import { identify } from '../packages.ts';
import { stripElf } from './elf.ts';
import { RECORD } from './record.ts';
import type { BundleRecord } from './record.ts';
import { traceImports } from './trace.ts';

const HOST = join(import.meta.dirname, 'host');
const NATIVE = /\.node$/;
/** Beside the traced code: what the lab reads by path. */
const READ = ['package.json', 'LICENSE', 'scripts/kernels.mjs'];
/** What `parity` asks for unless it is told otherwise. */
const GOLDEN = ['language', 'regression', 'selective-scan'].map(
  (name) => `tests/fixtures/${name}/**`,
);
const BUILT = ['relaxed.wasm', 'simd.wasm', 'sources.sha256'];
/** Committed results that the host then need not make, and can verify. */
const RESULTS = (id: string): string[] => [
  `lab.lock/${id}.*.json`,
  `public/artifacts/${id}.*.json`,
  `public/weights/${id}.*/**`,
];

/** Lays out a runner for hosts like this one in `folder`, with the results of the named experiments. */
export async function stageBundle(
  root: string,
  folder: string,
  experiments: readonly string[],
): Promise<void> {
  await loadKernels('simd');
  const { folders, packages } = await traceImports(root);
  const code = [...folders.flatMap((name) => filesIn(root, `${name}/**`)), ...READ];
  const results = experiments.flatMap(RESULTS).flatMap((pattern) => filesIn(root, pattern));
  const kept = results.filter((path) => !/\.smoke(\.json$|\/)/.test(path));
  const golden = GOLDEN.flatMap((pattern) => filesIn(root, pattern));
  const under = await checkpointsOf(openWorkspace(root), experiments);
  const built = BUILT.map((name) => `build/kernels/${name}`);
  for (const path of [...code, ...packages, ...built, ...golden, ...kept, ...under])
    await copy(root, folder, path);
  await copyNode(root, folder);
  await cp(HOST, folder, { recursive: true });
  const record = await recordCheckout(root, code, namesOf(packages));
  await writeFile(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

/** Where trainings of these experiments stand that are under way, at every preset but the trial run. */
async function checkpointsOf(workspace: Workspace, ids: readonly string[]): Promise<string[]> {
  const experiments = await Promise.all(ids.map((id) => findExperiment(workspace, id)));
  const [keyer, judge] = [createKeyer(workspace), createJudge()];
  const found: string[] = [];
  for (const preset of presets.filter((name) => name !== 'smoke')) {
    const lock = await LockFile.open(workspace, preset);
    const there = experiments.filter((experiment) => experiment.presets[preset] !== undefined);
    const plans = await planAll(there, { preset, lock, keyer, judge });
    for (const { key } of plans.flat())
      if (key !== undefined) found.push(join(checkpointsPath(workspace), key));
  }
  return found.filter((path) => existsSync(path)).map((path) => relative(workspace.root, path));
}

const filesIn = (root: string, pattern: string): string[] =>
  globSync(pattern, { cwd: root })
    .filter((path) => statSync(join(root, path)).isFile())
    .toSorted();

async function copy(root: string, folder: string, path: string): Promise<void> {
  const [from, to] = [join(root, path), join(folder, path)];
  await mkdir(dirname(to), { recursive: true });
  if (NATIVE.test(path)) await writeFile(to, stripElf(await readFile(from), path));
  else await cp(from, to, { dereference: true });
}

async function copyNode(root: string, folder: string): Promise<void> {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(pinned))
    throw new Error(`bundle: expected ${pinned}, got none; bundle in a checkout, after npm ci`);
  const to = join(folder, 'bin', 'node');
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, stripElf(await readFile(pinned), pinned));
  await chmod(to, 0o755);
}

/** Names of the packages that files in `node_modules` belong to. */
const namesOf = (paths: readonly string[]): string[] => {
  const names = paths.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
};

async function recordCheckout(
  root: string,
  files: readonly string[],
  packages: readonly string[],
): Promise<BundleRecord> {
  const { commit } = await describeCheckout(root, []);
  const changed = commit === '' ? [] : await changedFiles(root, files);
  const hashes = files.map(async (path) => [path, sha256(await readFile(join(root, path)))]);
  return {
    schema: 1,
    commit,
    changed,
    files: Object.fromEntries(await Promise.all(hashes)) as Record<string, string>,
    packages: Object.fromEntries(packages.map((name) => [name, identify(root, name)])),
  };
}

/** A name for bundles that run here. */
export const bundleName = (name: string): string => `${name}-${process.platform}-${process.arch}`;
