import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendName } from '../runtime/runtime.ts';
import { sha256 } from './hash.ts';
import { reach } from './reach.ts';
import type { Reached } from './reach.ts';

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

/** Entries whose code is judged as one, on a backend or on none. */
export interface Request {
  entries: readonly Entry[];
  backend: BackendName | undefined;
}

/**
 * Hashes what the entries of each request reach: transitive imports within the repository, bundled,
 * tree-shaken and minified, so that comments, types, names and unused code do not count; and the
 * implementation, on the backend, of every kernel operation among them. The lab itself is plumbing and does
 * not count.
 */
export async function readSources(root: string, requests: readonly Request[]): Promise<Sources[]> {
  const own = requests.map(({ entries }) => programOf(entries));
  const reached = await reach(root, own);
  const operations = reached.map(({ files }) =>
    files.filter((f) => OPERATION.test(f)).map(dirname),
  );
  const whole = requests.map(({ backend }, i) =>
    [own[i], ...implementations(root, operations[i] ?? [], backend)].join('\n'),
  );
  const complete = await reach(root, whole);
  const hashOf = remember((path: string) => shortHash(join(root, path)));
  return requests.map(({ backend }, i) => {
    const { code, files, packages } = complete[i] as Reached;
    const raw = rawSources(root, operations[i] ?? [], backend);
    const pairs = (paths: string[]) => paths.map((path) => [path, hashOf(path)] as const);
    const hash = sha256(code);
    const implemented = backend && IMPLEMENTATION[backend] !== undefined;
    return withBackend(
      {
        hash: implemented ? sha256([hash, ...pairs(raw).flat()].join('\n')) : hash,
        files: Object.fromEntries(pairs([...files, ...raw])),
        packages,
      },
      backend,
    );
  });
}

const programOf = (entries: readonly Entry[]): string =>
  entries
    .map(({ module, exportName }, i) => {
      const from = JSON.stringify(fileURLToPath(module));
      return `export { ${exportName} as entry${i} } from ${from};`;
    })
    .join('\n');

function implementations(
  root: string,
  operations: readonly string[],
  backend: BackendName | undefined,
): string[] {
  const module = backend && IMPLEMENTATION[backend]?.module;
  if (module === undefined) return [];
  return operations
    .map((folder) => join(root, folder, module))
    .filter(existsSync)
    .map((path, i) => `export * as kernel${i} from ${JSON.stringify(path)};`);
}

function remember<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key) as T;
  };
}

const OPERATION = /(^|\/)kernels\/[^/]+\/op\.ts$/;

function withBackend(sources: Sources, backend: BackendName | undefined): Sources {
  if (!backend || !computesOnTensors(sources)) return sources;
  const packages = new Set([...sources.packages, ...BACKEND_PACKAGES[backend]]);
  return { ...sources, packages: [...packages].toSorted() };
}

/** AssemblyScript beside the operations and what it imports, which esbuild cannot parse. */
function rawSources(
  root: string,
  operations: readonly string[],
  backend: BackendName | undefined,
): string[] {
  const pattern = backend && IMPLEMENTATION[backend]?.raw;
  if (!pattern) return [];
  const waiting = operations.flatMap((folder) => globSync(join(root, folder, pattern)));
  const found = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/\bfrom\s*['"](\.[^'"]+)['"]/g)) {
      const base = resolve(dirname(path), target ?? '');
      waiting.push(base.endsWith('.ts') ? base : `${base}.ts`);
    }
  }
  return [...found].toSorted().map((path) => relative(root, path));
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
