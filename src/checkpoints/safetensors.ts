import { checkTiling, parseHeader } from '../numerics/safetensors.ts';
import { CheckpointError, fault } from './fault.ts';
import type { SourceFile } from './source.ts';
import { isDType, type TensorInfo, WIDTHS } from './tensor.ts';
import type { TensorFile } from './tensors.ts';

const LENGTH_BYTES = 8;
/** Some forty thousand tensors. Upstream allows 100 MB, which crafted JSON makes gigabytes of. */
const LONGEST_HEADER = 4 * 2 ** 20;

/** Opens a safetensors file: its header is read and checked, values when they are asked for. */
export async function openSafetensors(file: SourceFile): Promise<TensorFile> {
  const { where, size } = file;
  const header = await readHeader(file);
  const { entries, dataStart } = explained(where, () => {
    const parsed = parseHeader(header);
    checkTiling(parsed.entries, size - parsed.dataStart, WIDTHS);
    return parsed;
  });
  const tensors = new Map<string, TensorInfo & { start: number; end: number }>();
  for (const [name, { dtype, shape, data_offsets: range }] of entries) {
    if (!isDType(dtype)) continue;
    const [start, end] = range.map((offset) => offset + dataStart) as [number, number];
    const place = `${where}:${start}:${end}:${dtype}`;
    tensors.set(name, { name, dtype, shape, where: `${where}: ${name}`, place, start, end });
  }
  const read: TensorFile['read'] = async (name) => {
    const found = tensors.get(name);
    if (!found) fault(where, `a tensor ${name}`, 'none of that name', 'check the architecture');
    const { start, end, ...info } = found;
    return { ...info, bytes: await file.read(start, end) };
  };
  return { where, tensors, read };
}

async function readHeader(file: SourceFile): Promise<Uint8Array> {
  const remedy = 'download the file again, if it is a safetensors file at all';
  if (file.size < LENGTH_BYTES)
    fault(file.where, `at least ${LENGTH_BYTES} bytes`, `${file.size}`, remedy);
  const start = await file.read(0, LENGTH_BYTES);
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  const longest = Math.min(LONGEST_HEADER, file.size - LENGTH_BYTES);
  if (length > longest)
    fault(file.where, `a header of at most ${longest} bytes`, `one of ${length}`, remedy);
  return file.read(0, LENGTH_BYTES + length);
}

function explained<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^safetensors: /, '') : '';
    throw new CheckpointError(`${where}: ${message}`, { cause: error });
  }
}
