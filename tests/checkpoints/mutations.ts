import { unzipSync, zipSync } from 'fflate';
import { CheckpointError } from '../../src/checkpoints/fault.ts';
import { openPyTorch } from '../../src/checkpoints/pytorch.ts';
import { openSafetensors } from '../../src/checkpoints/safetensors.ts';
import { openFile, type Source } from '../../src/checkpoints/source.ts';
import { byteLength, type Tensor } from '../../src/checkpoints/tensor.ts';
import { readTensors } from '../../src/checkpoints/tensors.ts';
import { fixture, plain, safetensorsOf } from './memory.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Whole numbers from 0 up to and without `n`, the same for the same seed. */
export type Random = (n: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** A format, files of it, where in them its structure is, and what a reading of a changed one must be. */
export interface Format {
  open: typeof openSafetensors;
  files: readonly Bytes[];
  structure(bytes: Bytes, random: Random): number;
  /** The file around what is changed, where that is not the file itself. */
  around?: (changed: Bytes) => Bytes;
  isRight(changed: Bytes, whole: Bytes, tensors: ReadonlyMap<string, Tensor>): Promise<boolean>;
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

const EDITS: readonly ((bytes: Bytes, at: number, random: Random) => Bytes)[] = [
  (bytes, at, random) => bytes.with(at, bytes[at]! ^ (1 << random(8))),
  (bytes, at, random) => bytes.with(at, random(256)),
  (bytes, at, random) => bytes.with(at, 0x30 + random(10)),
  (bytes, at, random) => filled(bytes, at, [1, 2, 4, 8][random(4)]!, EXTREMES[random(5)]!),
  (bytes, at) => bytes.slice(0, at),
  (bytes, at, random) => joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random(40))),
  (bytes, at, random) =>
    joined(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random(40)))),
  (bytes, at, random) => copied(bytes, at, random(bytes.length), 1 + random(60)),
];

const joined = (a: Bytes, b: Bytes): Bytes => Uint8Array.from([...a, ...b]);

function filled(bytes: Bytes, at: number, count: number, value: number): Bytes {
  return bytes.slice().fill(value, at, at + count);
}

function copied(bytes: Bytes, to: number, from: number, count: number): Bytes {
  return bytes.slice().copyWithin(to, from, from + count);
}

/** One to three edits, half of them in the structure. */
function mutate(bytes: Bytes, format: Format, random: Random): Bytes {
  let changed = bytes;
  for (let edits = 1 + random(3); edits > 0 && changed.length > 0; edits--) {
    const anywhere = random(changed.length);
    const at = random(2) === 0 ? anywhere : format.structure(changed, random);
    changed = EDITS[random(EDITS.length)]!(changed, Math.min(at, changed.length - 1), random);
  }
  return changed;
}

const headerEnd = (bytes: Bytes): number =>
  bytes.length < 8 ? 0 : 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

/** Whether each tensor is what the header, read by other code, says of the file's bytes. */
function agreesWithHeader(
  bytes: Bytes,
  _: Bytes,
  tensors: ReadonlyMap<string, Tensor>,
): Promise<boolean> {
  const start = headerEnd(bytes);
  const header = JSON.parse(Buffer.from(bytes.subarray(8, start)).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const total = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.length, 0);
  const same = [...tensors].every(([name, { dtype, shape, bytes: data }]) => {
    const { data_offsets: range, ...rest } = header[name]!;
    const expected = bytes.subarray(start + range[0], start + range[1]);
    return (
      rest.dtype === dtype &&
      rest.shape.join() === shape.join() &&
      Buffer.compare(expected, data) === 0
    );
  });
  return Promise.resolve(same && total === bytes.length - start);
}

/** Everything that a .bin file says is under a checksum: what can be read is what was written. */
async function isUnchanged(
  _: Bytes,
  whole: Bytes,
  tensors: ReadonlyMap<string, Tensor>,
): Promise<boolean> {
  const original = await readTensors(await open(BIN, counted(whole)));
  return JSON.stringify(plain(tensors)) === JSON.stringify(plain(original));
}

const SYNTHETIC = Object.fromEntries(
  ['F32', 'F16', 'BF16', 'I64', 'U8', 'F64'].map((dtype, i) => [
    `layers.${i}.weight`,
    { dtype, shape: [2, 8 / [4, 2, 2, 8, 1, 8][i]!], data_offsets: [16 * i, 16 * i + 16] },
  ]),
);

export const SAFE: Format = {
  open: openSafetensors,
  files: [safetensorsOf({ __metadata__: { format: 'pt' }, ...SYNTHETIC }, 96)],
  structure: (bytes, random) => random(Math.min(bytes.length, 1 + headerEnd(bytes))),
  isRight: agreesWithHeader,
};

export const BIN: Format = {
  open: openPyTorch,
  files: ['views', 'dtypes', 'parameters'].map((name) => fixture('pytorch', `${name}.bin`)),
  structure: (bytes, random) =>
    random(2) === 0 ? random(900) : Math.max(0, bytes.length - 1 - random(700)),
  isRight: isUnchanged,
};

const ENTRIES = unzipSync(fixture('pytorch', 'views.bin'));
const PICKLE_PATH = 'views/data.pkl';

/** Whether each tensor has the bytes of its shape: what they are, a changed pickle decides. */
function isWhole(_: Bytes, __: Bytes, tensors: ReadonlyMap<string, Tensor>): Promise<boolean> {
  return Promise.resolve([...tensors.values()].every((t) => t.bytes.length === byteLength(t)));
}

/** Pickles that are changed before they are put under a checksum. */
export const PICKLE: Format = {
  open: openPyTorch,
  files: [ENTRIES[PICKLE_PATH] as Bytes],
  structure: (bytes, random) => random(bytes.length),
  around: (changed) => zipSync({ ...ENTRIES, [PICKLE_PATH]: changed }, { level: 0 }),
  isRight: isWhole,
};

interface Counted extends Source {
  /** Bytes of the longest read, and of all together. */
  longest: number;
  total: number;
}

function counted(bytes: Bytes): Counted {
  const source: Counted = {
    where: 'mutated',
    longest: 0,
    total: 0,
    size: () => Promise.resolve(bytes.length),
    read(_, start, end) {
      source.longest = Math.max(source.longest, end - start);
      source.total += end - start;
      return Promise.resolve(bytes.slice(start, end));
    },
  };
  return source;
}

const open = async (format: Format, source: Source): ReturnType<typeof openSafetensors> =>
  format.open(await openFile(source, 'file'));

export interface Outcome {
  kind: 'refused' | 'right';
  message: string;
  milliseconds: number;
  /** Bytes read in all, without the probes, and of tensors made, over those of the file. */
  read: number;
  made: number;
}

/** Bytes at the start and the end of a file that tell what it is. */
const PROBES = 120;

/** @throws Error where a changed file is neither refused by a message of ours, nor read as it is */
export async function tryMutation(format: Format, seed: number): Promise<Outcome> {
  const random = randomOf(seed);
  const whole = format.files[seed % format.files.length]!;
  const mutated = mutate(whole, format, random);
  const changed = format.around?.(mutated) ?? mutated;
  const source = counted(changed);
  const start = performance.now();
  const outcome = { message: '', made: 0, kind: 'right' as Outcome['kind'] };
  try {
    const tensors = await readTensors(await open(format, source));
    outcome.made = [...tensors.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (!(await format.isRight(changed, whole, tensors))) throw new Error('read as something else');
  } catch (error) {
    const isOurs =
      error instanceof CheckpointError && /: expected .*, got .*; /s.test(error.message);
    if (!isOurs) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    outcome.kind = 'refused';
    outcome.message = error.message;
  }
  if (source.longest > changed.length) throw new Error(`seed ${seed}: read more than there is`);
  const per = 1 / Math.max(1, changed.length);
  const milliseconds = performance.now() - start;
  return {
    ...outcome,
    milliseconds,
    read: Math.max(0, source.total - PROBES) * per,
    made: outcome.made * per,
  };
}
