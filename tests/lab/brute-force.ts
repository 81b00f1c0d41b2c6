import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import type { Experiment, Node } from '../../src/lab/experiment.ts';
import { sha256 } from '../../src/lab/hash.ts';

/**
 * What each node of every experiment's preset `small` is made of, worked out without the lab's keys: another
 * bundler, node by node, nothing shared. Run in a repository with a map from node id to backend as JSON.
 *
 *     node brute-force.ts '{"<experiment>.small/<node>":"wasm"}'
 *
 * Prints `{ "<id>": { "own": <hash>, "inputs": [<id>] } }`.
 */
export type BruteForce = Record<string, { own: string; inputs: string[] }>;

const ROOT = process.cwd();
const LAB = `${join(ROOT, 'src/lab')}/`;

/** @returns minified code, and the modules that have a part in it */
async function bundle(lines: string[]): Promise<{ code: string; modules: string[] }> {
  const entry = '\0entry';
  const build = await rolldown({
    input: entry,
    cwd: ROOT,
    platform: 'node',
    logLevel: 'silent',
    external: (id, importer) =>
      /^[^./\0]/.test(id) || resolve(dirname(importer ?? ROOT), id).startsWith(LAB),
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry ? { code: lines.join('\n'), moduleType: 'ts' as const } : undefined,
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true, comments: false });
  await build.close();
  const rendered = Object.entries(output[0].modules).filter(([, m]) => m.renderedLength > 0);
  return { code: output[0].code, modules: rendered.map(([path]) => path) };
}

/** `export { name } from module` for a value that the module exports. */
async function exporting(module: string, value: unknown, as: string): Promise<string> {
  const exported = (await import(module)) as Record<string, unknown>;
  const name = Object.keys(exported).find((key) => exported[key] === value);
  return `export { ${name} as ${as} } from ${JSON.stringify(fileURLToPath(module))};`;
}

/** Seeds share their code; bundling it once for each is all that is saved. */
const known = new Map<string, Promise<string>>();

async function codeOf(node: Node, backend: string): Promise<string> {
  const uses = Object.entries(node.uses ?? {});
  const own = [
    await exporting(node.module, node.run, 'run'),
    ...(await Promise.all(uses.map(([name, { module, value }]) => exporting(module, value, name)))),
  ];
  const name = JSON.stringify([own, backend]);
  const code = known.get(name) ?? wholeCode(own, backend);
  known.set(name, code);
  return code;
}

async function wholeCode(own: string[], backend: string): Promise<string> {
  const { modules } = await bundle(own);
  const folders = modules.filter((path) => path.endsWith('/op.ts')).map(dirname);
  const kernels = folders.map((folder) => join(folder, `${backend}.ts`)).filter(existsSync);
  const whole = await bundle([
    ...own,
    ...kernels.map((path, i) => `export * as k${i} from ${JSON.stringify(path)};`),
  ]);
  return whole.code + (backend === 'wasm' ? assemblyScript(folders) : '');
}

/** The text, without comments, of what stands beside the operations and what that imports. */
function assemblyScript(folders: string[]): string {
  const files = new Set(folders.flatMap((folder) => globSync(join(folder, '*.as.ts'))));
  for (const file of files) {
    const imports = readFileSync(file, 'utf8').matchAll(/from '(\..*)'/g);
    for (const [, target = ''] of imports) files.add(`${resolve(dirname(file), target)}.ts`);
  }
  const texts = [...files].toSorted().map((file) => {
    const lines = readFileSync(file, 'utf8')
      .replaceAll(/\/\*[^]*?\*\//g, '')
      .split('\n');
    return `${relative(ROOT, file)} ${lines.map((line) => line.replace(/\/\/.*/, '').trim()).join(' ')}`;
  });
  return texts.join('\n').replaceAll(/\s+/g, ' ');
}

async function describe(backends: Record<string, string>): Promise<BruteForce> {
  const result: BruteForce = {};
  const visit = async (experiment: Experiment, node: Node): Promise<string> => {
    const id = `${experiment.id}.small/${node.id}`;
    if (result[id]) return id;
    const inputs: string[] = [];
    for (const input of Object.values(node.inputs)) inputs.push(await visit(experiment, input));
    const code = await codeOf(node, backends[id] ?? 'cpu');
    result[id] = { own: sha256(JSON.stringify([code, node.parameters, node.seed])), inputs };
    return id;
  };
  for (const path of globSync(join(ROOT, 'experiments/*.ts'))) {
    const url = pathToFileURL(path).href;
    const { experiment } = (await import(url)) as { experiment?: Experiment };
    const parameters = experiment?.presets.small;
    if (experiment && parameters) await visit(experiment, experiment.graph(parameters, 'small'));
  }
  return result;
}

if (import.meta.main) {
  const backends = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
  process.stdout.write(JSON.stringify(await describe(backends)));
}
