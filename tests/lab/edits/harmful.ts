import { RandomStream } from '../../../src/numerics/random.ts';
import type { RecordFile } from '../../../src/artifacts/records.ts';
import { Copy } from './copy.ts';
import { within } from './judge.ts';
import type { Trial } from './judge.ts';
import { mutateAssemblyScript, mutateTypeScript } from './mutate.ts';
import { pick } from './source.ts';
import type { Change } from './source.ts';

/** Cheap nodes of preset `smoke`: of each kind of code that makes numbers, one. */
export const SUBJECTS = [
  'gradient-descent/descend',
  'state-noise/train/mamba-noise-1',
  'state-noise/evaluate/mamba-noise-1',
  'state-noise/artifact',
  'scan-speed/measure/scan',
  'scan-speed/compare',
  'sparse-linear-regression/evaluate/least-squares',
  'decision-tree/evaluate/greedy-tree',
  'claims/ledger',
];

/** A node with a result, and where its bytes come from. */
interface Subject {
  id: string;
  inputs: string;
  /** Paths of what may be edited, by what it is. */
  places: Readonly<Record<string, readonly string[]>>;
  outputs: string;
}

const DECLARATIONS = 'experiments/{graphs,settings}/*.ts';
const DEVICE = [
  'src/kernels/wasm/{identity,module,features,register,elementwise}*.ts',
  'src/kernels/register.ts',
  'src/runtime/{node,wasm,gradients,select,runtime}.ts',
  'scripts/kernels.mjs',
];
const LAB = [
  'src/lab/{experiment,hash,work,device,kernels,data,store}.ts',
  'src/lab/bench/{measure,memory}.ts',
];
const PACKAGES: Readonly<Record<string, string>> = {
  'ml-matrix': 'node_modules/ml-matrix/matrix.js',
  '@tensorflow/tfjs-core': 'node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js',
};
const BACKEND = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.node.js';

/** A copy in which some subjects have run. */
export class Bench {
  readonly copy = new Copy(true);
  readonly subjects: Subject[] = [];

  /** @throws Error where a node does not make the same bytes twice */
  async prepare(ids: readonly string[]): Promise<void> {
    const { copy } = this;
    await copy.run('tests/lab/edits/pretend.ts');
    copy.keepKernels();
    await copy.run('src/lab/cli.ts', 'run', ...ids, '--preset', 'smoke', '--backend', 'wasm');
    for (const id of ids) this.subjects.push(await this.#subject(id));
  }

  async #subject(id: string): Promise<Subject> {
    const { copy } = this;
    const slash = id.indexOf('/');
    const experiment = id.slice(0, slash);
    const text = copy.read(`.lab/lab.lock/${experiment}.smoke.json`);
    const { nodes, code } = JSON.parse(text) as RecordFile;
    const { parts, runtime } = nodes[id.slice(slash + 1)]!;
    const reached = Object.keys(code[parts.code]!);
    const folders = reached.flatMap((path) => /^(src\/kernels\/.*)\/op\.ts$/.exec(path)?.[1] ?? []);
    const onDevice = runtime.implementation !== undefined;
    const inputs = JSON.stringify(parts.inputs);
    const outputs = await this.outputs(id, inputs);
    const first = JSON.stringify(Object.entries(nodes[id.slice(slash + 1)]!.outputs));
    if (outputs === undefined || (outputs !== first && !outputs.includes('series.json')))
      throw new Error(`edits: expected ${id} to make the same bytes twice, got others`);
    const packages = Object.keys(parts.packages).flatMap((name) => PACKAGES[name] ?? []);
    const places = {
      reached,
      declared: [`experiments/${experiment}.ts`, ...copy.glob(DECLARATIONS)],
      lab: copy.glob(...LAB),
      packages: onDevice ? [...packages, BACKEND] : packages,
      data: Object.keys(parts.data).flatMap((name) =>
        copy.glob(`public/artifacts/${name}.smoke.json`),
      ),
      device: onDevice ? copy.glob(...DEVICE, ...folders.map((each) => `${each}/wasm.ts`)) : [],
      kernels: onDevice
        ? copy.glob('src/kernels/wasm/*.as.ts', ...folders.map((each) => `${each}/*.as.ts`))
        : [],
    };
    return { id, inputs, outputs, places };
  }

  /** Hashes of a node's outputs; undefined where it fails. */
  async outputs(id: string, inputs: string): Promise<string | undefined> {
    return this.copy.run('tests/lab/edits/run-node.ts', id, inputs).catch(() => undefined);
  }

  /** Runs a subject with a change. @returns nothing where its bytes stay, or it makes none */
  async judge(
    subject: Subject,
    change: Change,
  ): Promise<{ fault: string | undefined } | undefined> {
    const { copy } = this;
    const { id, inputs, outputs } = subject;
    return within(copy, change, async () => {
      const after = await this.outputs(id, inputs);
      if (after === undefined || after === outputs) return undefined;
      const rows = await copy.status('smoke', id).catch(() => []);
      const fresh = rows.some(({ state }) => state === 'fresh');
      return { fault: fresh ? `${id}: other bytes, and fresh` : undefined };
    });
  }
}

const KINDS = [
  ...Array.from({ length: 5 }, () => 'reached'),
  ...Array.from({ length: 2 }, () => ['declared', 'lab', 'device', 'kernels']).flat(),
  'packages',
  'data',
];

/** Draws an edit of what makes a subject's bytes. */
function draw(
  copy: Copy,
  { places }: Subject,
  random: RandomStream,
): { kind: string; change: Change } | undefined {
  const kind = pick(KINDS, random)!;
  const path = pick(places[kind] ?? [], random);
  if (path === undefined) return undefined;
  const text = copy.read(path);
  const other = path.endsWith('.as.ts')
    ? mutateAssemblyScript(text, random)
    : path.endsWith('.json')
      ? mutateNumber(text, random)
      : mutateTypeScript(path, text, random);
  return other === undefined ? undefined : { kind, change: new Map([[path, other]]) };
}

/** Changes one number of an artifact's data. */
function mutateNumber(text: string, random: RandomStream): string | undefined {
  const from = text.indexOf('"data"');
  const numbers = [...text.matchAll(/\d+(?=\.\d)/g)].filter(({ index }) => index > from);
  const found = pick(numbers, random);
  if (!found) return undefined;
  const { index, 0: digits } = found;
  return `${text.slice(0, index)}${Number(digits) + 3}${text.slice(index + digits.length)}`;
}

/** @yields edits that change bytes, each judged alone */
export async function* harmfulTrials(
  bench: Bench,
  count: number,
  seed: number,
): AsyncGenerator<Trial> {
  const most = 12 * count;
  let found = 0;
  for (let i = 0; found < count; i++) {
    if (i === most)
      throw new Error(`edits: expected ${count} edits that change bytes, got ${found}`);
    const random = RandomStream.fromSeed(seed).fork(i);
    const subject = pick(bench.subjects, random)!;
    const drawn = draw(bench.copy, subject, random);
    if (!drawn) continue;
    const diff = bench.copy.diff(drawn.change);
    const judged = await bench.judge(subject, drawn.change);
    if (!judged) continue;
    found++;
    yield { kind: `${drawn.kind} of ${subject.id}`, diff, ...judged };
  }
}
