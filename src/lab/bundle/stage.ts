import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
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
  const built = BUILT.map((name) => `build/kernels/${name}`);
  for (const path of [...code, ...packages, ...built, ...kept]) await copy(root, folder, path);
  await copyNode(root, folder);
  await cp(HOST, folder, { recursive: true });
  const record = await recordCheckout(root, code, namesOf(packages));
  await writeFile(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
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
