import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as runEsbuild } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';
import type { BackendName } from '../runtime/runtime.ts';
import { sha256 } from './hash.ts';

/** An export of a module: where code of a node begins. */
export interface Entry {
  /** `file:` URL. */
  module: string;
  exportName: string;
}

/** The code that entries reach. */
export interface Sources {
  hash: string;
  /** Start of each file's normalised hash, by path from the root. */
  files: Record<string, string>;
  /** Packages it imports, the backend's own included. */
  packages: string[];
}

const LAB = import.meta.dirname;
const TENSORS = '@tensorflow/tfjs-core';

export const BACKEND_PACKAGES: Readonly<Record<BackendName, readonly string[]>> = {
  webgpu: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
  wasm: ['@tensorflow/tfjs-backend-wasm', 'assemblyscript'],
  cpu: ['@tensorflow/tfjs-backend-cpu'],
  tensorflow: [],
};

/** Files beside an operation that implement it on a backend without being imported by it. */
const IMPLEMENTATION: Readonly<Record<BackendName, { module: string; raw: string } | undefined>> = {
  webgpu: { module: 'webgpu.ts', raw: '' },
  wasm: { module: 'wasm.ts', raw: '*.as.ts' },
  cpu: undefined,
  tensorflow: undefined,
};

export const computesOnTensors = (sources: Sources): boolean => sources.packages.includes(TENSORS);

/**
 * Hashes what the entries reach: its transitive imports within the repository, bundled, tree-shaken and
 * minified, so that comments, types, names and unused code do not count; and the implementation, on
 * `backend`, of every kernel operation among them. The lab itself is plumbing and does not count.
 */
export async function readSources(
  root: string,
  entries: readonly Entry[],
  backend?: BackendName,
): Promise<Sources> {
  const own = entries
    .map(({ module, exportName }, i) => {
      const from = JSON.stringify(fileURLToPath(module));
      return `export { ${exportName} as entry${i} } from ${from};`;
    })
    .join('\n');
  const reached = await bundle(root, own);
  const folders = Object.keys(reached.files)
    .filter((path) => OPERATION.test(path))
    .map(dirname);
  const extra = backend && IMPLEMENTATION[backend];
  if (!extra) return withBackend(reached, backend);
  const modules = folders.map((folder) => join(root, folder, extra.module)).filter(existsSync);
  const exports = modules.map((path, i) => `export * as kernel${i} from ${JSON.stringify(path)};`);
  const whole = await bundle(root, [own, ...exports].join('\n'));
  const raw = extra.raw === '' ? {} : rawSources(root, folders, extra.raw);
  return withBackend(
    {
      ...whole,
      hash: sha256([whole.hash, ...Object.entries(raw).flat()].join('\n')),
      files: { ...whole.files, ...raw },
    },
    backend,
  );
}

const OPERATION = /(^|\/)kernels\/[^/]+\/op\.ts$/;

function withBackend(sources: Sources, backend: BackendName | undefined): Sources {
  if (!backend || !computesOnTensors(sources)) return sources;
  const packages = new Set([...sources.packages, ...BACKEND_PACKAGES[backend]]);
  return { ...sources, packages: [...packages].toSorted() };
}

const labIsExternal: Plugin = {
  name: 'lab-is-external',
  setup(build) {
    build.onResolve({ filter: /^\.|^\// }, ({ path, resolveDir }) =>
      resolve(resolveDir, path).startsWith(`${LAB}/`) ? { path, external: true } : undefined,
    );
  },
};

/** A package does nothing by being imported, so a module of which nothing is used leaves no trace. */
const packagesAreExternal: Plugin = {
  name: 'packages-are-external',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
  },
};

async function bundle(root: string, contents: string): Promise<Sources> {
  const { outputFiles, metafile } = await runEsbuild({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    loader: { '.wasm': 'binary' },
    logOverride: { 'ignored-bare-import': 'error' },
    plugins: [labIsExternal, packagesAreExternal],
  });
  const used = usedFiles(metafile);
  return {
    hash: sha256(outputFiles[0]?.contents ?? ''),
    files: Object.fromEntries(used.map((path) => [path, shortHash(join(root, path))])),
    packages: externalPackages(metafile),
  };
}

function usedFiles({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs
    .filter(([path, { bytesInOutput }]) => path !== '<stdin>' && bytesInOutput > 0)
    .map(([path]) => path)
    .toSorted();
}

/** Schemas check numbers, they do not make them. */
const NOT_NUMERIC: ReadonlySet<string> = new Set(['zod']);

function externalPackages({ outputs }: Metafile): string[] {
  const paths = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external && !/^(node:|[./])/.test(path))
    .map(({ path }) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(paths)].filter((name) => !NOT_NUMERIC.has(name)).toSorted();
}

/** AssemblyScript beside the operations and what it imports, which esbuild cannot parse. */
function rawSources(root: string, folders: string[], pattern: string): Record<string, string> {
  const waiting = folders.flatMap((folder) => globSync(join(root, folder, pattern)));
  const found = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/\bfrom\s*['"](\.[^'"]+)['"]/g)) {
      const base = resolve(dirname(path), target ?? '');
      waiting.push(base.endsWith('.ts') ? base : `${base}.ts`);
    }
  }
  const hashes = [...found].toSorted().map((path) => [relative(root, path), shortHash(path)]);
  return Object.fromEntries(hashes) as Record<string, string>;
}

const shortHash = (path: string): string =>
  sha256(stripComments(readFileSync(path, 'utf8'))).slice(0, 16);

/** Drops comments and runs of white space outside string literals. */
export function stripComments(source: string): string {
  const tokens =
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[^]*?\*\/|\/\/[^\n]*|\s+/g;
  return source
    .replace(tokens, (_, literal: string | undefined) => literal ?? ' ')
    .replace(/ +/g, ' ')
    .trim();
}
