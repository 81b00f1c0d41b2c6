import { relative, resolve } from 'node:path';
import { build as runEsbuild } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';

/** The code that a program runs, and where it comes from. */
export interface Reached {
  /** Bundled, tree-shaken and minified: no comments, types, names or unused code. */
  code: Uint8Array;
  /** Paths from the root. */
  files: string[];
  packages: string[];
}

const LAB = import.meta.dirname;
const PROGRAM = /^program:/;

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
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path, external: true, sideEffects: false },
    );
  },
};

const programsOf = (root: string, programs: readonly string[]): Plugin => ({
  name: 'programs',
  setup(build) {
    build.onResolve({ filter: PROGRAM }, ({ path }) => ({ path, namespace: 'program' }));
    build.onLoad({ filter: PROGRAM, namespace: 'program' }, ({ path }) => ({
      contents: programs[Number(path.replace(PROGRAM, ''))] ?? '',
      resolveDir: root,
      loader: 'ts',
    }));
  },
});

/**
 * Bundles programs that import modules of the repository by absolute path. What comes of one does not depend
 * on the others, which only share the parsing. The lab itself and packages stay outside.
 */
export async function reach(root: string, programs: readonly string[]): Promise<Reached[]> {
  const { outputFiles, metafile } = await runEsbuild({
    entryPoints: Object.fromEntries(programs.map((_, i) => [String(i), `program:${i}`])),
    outdir: resolve(root, 'reached'),
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
    plugins: [programsOf(root, programs), labIsExternal, packagesAreExternal],
  });
  const code = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), contents]));
  return programs.map((_, i) => {
    const path = `reached/${i}.js`;
    const output = metafile.outputs[path] as Metafile['outputs'][string];
    return {
      code: code.get(path) as Uint8Array,
      files: usedFiles(output),
      packages: externalPackages(output),
    };
  });
}

type Output = Metafile['outputs'][string];

const usedFiles = ({ inputs }: Output): string[] =>
  Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => !PROGRAM.test(path) && bytesInOutput > 0)
    .map(([path]) => path)
    .toSorted();

/** Schemas check numbers, they do not make them. */
const NOT_NUMERIC: ReadonlySet<string> = new Set(['zod']);

function externalPackages({ imports }: Output): string[] {
  const names = imports
    .filter(({ external, path }) => external && !/^(node:|[./])/.test(path))
    .map(({ path }) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(names)].filter((name) => !NOT_NUMERIC.has(name)).toSorted();
}
