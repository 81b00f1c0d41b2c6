import type { SourceFile } from './source.ts';
import { byteLength, type Tensor, type TensorInfo } from './tensor.ts';

/** The tensors of a checkpoint, in one file or many; values are read one tensor at a time. */
export interface TensorFile {
  /** For messages. */
  readonly where: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** @throws CheckpointError where there is no such tensor, or its bytes are not what they should be */
  read(name: string): Promise<Tensor>;
}

/** Opens a file of tensors of one format. */
export type Open = (file: SourceFile) => Promise<TensorFile>;

interface ReadOptions {
  /** How many tensors are read at the same time. */
  parallel?: number;
  /** Called after each tensor with the bytes read so far, and all there are to read. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Reads tensors, tied ones once: they share their bytes.
 * @param names which; all if not given
 */
export async function readTensors(
  file: TensorFile,
  names: Iterable<string> = file.tensors.keys(),
  { parallel = 4, onProgress }: ReadOptions = {},
): Promise<Map<string, Tensor>> {
  const wanted = [...names];
  const infos = new Map(wanted.map((name) => [name, file.tensors.get(name)]));
  const places = new Map(
    [...infos.values()].filter((info) => info !== undefined).map((info) => [info.place, info]),
  );
  const total = [...places.values()].reduce((sum, info) => sum + byteLength(info), 0);
  const reads = new Map<string, Promise<Tensor>>();
  let done = 0;
  const readOnce = async (name: string): Promise<Tensor> => {
    const tensor = await file.read(name);
    done += tensor.bytes.length;
    onProgress?.(done, total);
    return tensor;
  };
  const found = new Map<string, Tensor>();
  const queue = each(infos);
  const work = async (): Promise<void> => {
    for (const [name, info] of queue) {
      const read = (info && reads.get(info.place)) ?? readOnce(name);
      if (info) reads.set(info.place, read);
      found.set(name, { ...(await read), ...info });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return new Map(
    wanted.flatMap((name): [string, Tensor][] => {
      const tensor = found.get(name);
      return tensor ? [[name, tensor]] : [];
    }),
  );
}

/** A generator, unlike the iterator of an array, ends for all its users where one of them throws. */
function* each<T>(items: Iterable<T>): Generator<T> {
  yield* items;
}
