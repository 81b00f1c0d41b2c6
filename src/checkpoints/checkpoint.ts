import { fault, listed } from './fault.ts';
import { openPyTorch } from './pytorch.ts';
import { openSafetensors } from './safetensors.ts';
import { openSharded } from './sharded.ts';
import { openFile, type Source } from './source.ts';
import type { Open, TensorFile } from './tensors.ts';

interface Weights {
  readonly path: string;
  readonly open: Open;
  readonly isIndex: boolean;
}

/** Names under which weights are published, in order of preference. */
const WEIGHTS: readonly Weights[] = [
  { path: 'model.safetensors', open: openSafetensors, isIndex: false },
  { path: 'model.safetensors.index.json', open: openSafetensors, isIndex: true },
  { path: 'pytorch_model.bin', open: openPyTorch, isIndex: false },
  { path: 'pytorch_model.bin.index.json', open: openPyTorch, isIndex: true },
];

/**
 * Opens the weights of a checkpoint: safetensors or PyTorch's `.bin`, in one file or in shards. Only
 * headers are read.
 * @throws CheckpointError where there are none, or where they are not as they should be
 */
export async function openCheckpoint(source: Source): Promise<TensorFile> {
  for (const { path, open, isIndex } of WEIGHTS) {
    if ((await source.size(path)) === undefined) continue;
    return isIndex ? openSharded(source, path, open) : open(await openFile(source, path));
  }
  const names = WEIGHTS.map(({ path }) => path).join(', ');
  return fault(source.where, `one of ${names}`, 'none', 'check the folder or the repository');
}

/** Which of a repository's files a checkpoint needs: text files, and weights in the first form of the list. */
export function filesOfCheckpoint(paths: readonly string[]): string[] {
  const weights = WEIGHTS.find(({ path }) => paths.includes(path));
  const [stem, ending] = weights?.path.replace('.index.json', '').split('.') ?? [];
  const shards = new RegExp(`^${stem}-[\\w-]+\\.${ending}$`);
  const isShard = (path: string): boolean => weights?.isIndex === true && shards.test(path);
  return paths.filter((path) => TEXTS.has(path) || path === weights?.path || isShard(path));
}

const TEXTS: ReadonlySet<string> = new Set([
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
]);

/**
 * @param expected shape of each tensor that the model needs
 * @param ignored names of stored tensors that the model does not need
 * @throws CheckpointError that names the missing, superfluous and misshapen tensors, all at once
 */
export function checkTensors(
  file: TensorFile,
  expected: ReadonlyMap<string, readonly number[]>,
  ignored: readonly RegExp[] = [],
): void {
  const { tensors } = file;
  const missing = [...expected.keys()].filter((name) => !tensors.has(name));
  const superfluous = [...tensors.keys()].filter(
    (name) => !expected.has(name) && !ignored.some((pattern) => pattern.test(name)),
  );
  const misshapen = [...expected].flatMap(([name, shape]) => {
    const found = tensors.get(name)?.shape;
    const same = found === undefined || found.join() === shape.join();
    return same ? [] : [`${name} [${found.join(' ')}] for [${shape.join(' ')}]`];
  });
  const problems = [
    missing.length > 0 ? `no ${listed(missing)}` : '',
    superfluous.length > 0 ? `${listed(superfluous)} besides` : '',
    misshapen.length > 0 ? `wrong shapes: ${listed(misshapen)}` : '',
  ].filter((text) => text !== '');
  if (problems.length === 0) return;
  const remedy = 'check that config.json and weights are of one model, and of this architecture';
  fault(file.where, `the model's ${expected.size} tensors`, problems.join('; '), remedy);
}
