import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { BACKEND_PACKAGES } from '../implementation.ts';

const PLATFORM = `${process.platform}-${process.arch}`;

/** As native packages name what they are linked with. */
const ABI = { linux: '-gnu', win32: '-msvc' }[process.platform as string] ?? '';

/** Files that are opened by a computed name, which the import graph does not show. */
const OPENED: readonly string[] = [
  `webgpu/dist/${PLATFORM}/dawn.node`,
  `@oxc-parser/binding-${PLATFORM}${ABI}/parser.${PLATFORM}${ABI}.node`,
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
];

interface Traced {
  /** Folders of the repository's own code. */
  folders: string[];
  /** Files of packages, with their manifests and licences. */
  packages: string[];
}

/** What the lab and every experiment import, directly or not. Paths count from `root`. */
export async function traceImports(root: string): Promise<Traced> {
  const experiments = globSync('experiments/**/*.ts', { cwd: root });
  const { metafile } = await build({
    entryPoints: ['src/lab/cli.ts/index.cjs', 'src/lab/worker.ts', ...experiments].map(
      (path) => `./${path}`,
    ),
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: 'traced',
    metafile: true,
    format: 'esm',
    platform: 'node',
    conditions: [],
    logLevel: 'silent',
    loader: { '.node': 'empty' },
  });
  const inputs = Object.keys(metafile.inputs);
  const own = inputs.flatMap((path) => /^(src\/[^/]+|experiments)\//.exec(path)?.[1] ?? []);
  const opened = OPENED.map((path) => `node_modules/${path}`);
  const files = [...inputs.filter((path) => path.startsWith('node_modules/')), ...opened];
  const versioned = Object.values(BACKEND_PACKAGES).flat();
  const names = new Set([
    ...files.flatMap((path) => packageOf(path)),
    ...versioned.map((name) => `node_modules/${name}`),
  ]);
  return {
    folders: [...new Set(own)].toSorted(),
    packages: [...new Set([...files, ...[...names].flatMap((name) => about(root, name))])],
  };
}

/** `node_modules/a/node_modules/b/c.js` belongs to `node_modules/a/node_modules/b`. */
const packageOf = (path: string): string[] =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.slice(0, 1) ?? [];

function about(root: string, folder: string): string[] {
  const found = globSync(`${folder}/{package.json,LICENSE*,LICENCE*}`, { cwd: root });
  if (existsSync(join(root, folder, 'package.json'))) return found;
  throw new Error(`bundle: expected package ${folder}, got none; run npm ci`);
}
