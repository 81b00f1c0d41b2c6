import { fault } from './fault.ts';
import { halfToFloat } from './half.ts';

const VIEWS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Names of number formats, as safetensors writes them. */
export type DType = keyof typeof VIEWS;

/** Bytes an element. */
export const WIDTHS: ReadonlyMap<unknown, number> = new Map(
  Object.entries(VIEWS).map(([dtype, view]) => [dtype, view.BYTES_PER_ELEMENT]),
);

export const isDType = (name: unknown): name is DType => WIDTHS.has(name);

export const elements = (shape: readonly number[]): number =>
  shape.reduce((n, size) => n * size, 1);

/** What a file says of a tensor, before its values are read. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  /** Row-major. */
  readonly shape: readonly number[];
  /** File and tensor, for messages. */
  readonly where: string;
  /** Equal for tensors of one file that are the same values: tied weights are read once. */
  readonly place: string;
}

export const byteLength = ({ dtype, shape }: Pick<TensorInfo, 'dtype' | 'shape'>): number =>
  elements(shape) * VIEWS[dtype].BYTES_PER_ELEMENT;

/** A tensor as its file has it: little-endian, row-major, unconverted. */
export interface Tensor extends TensorInfo {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The elements as they are stored, without a copy where the memory is aligned: F16 and BF16 as
 * their 16 bits, booleans as bytes.
 */
export function stored({ dtype, bytes }: Tensor): InstanceType<(typeof VIEWS)[DType]> {
  const View = VIEWS[dtype];
  const { buffer, byteOffset } =
    bytes.byteOffset % View.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new View(buffer, byteOffset, bytes.byteLength / View.BYTES_PER_ELEMENT);
}

/**
 * The values as float32: exact for F32 (no copy), F16 and BF16, rounded from F64.
 * @throws CheckpointError for an integer that float32 cannot hold
 */
export function toFloat32(tensor: Tensor): Float32Array {
  const values = stored(tensor);
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return Float32Array.from(values);
  if (tensor.dtype === 'F16' && values instanceof Uint16Array) return halfToFloat(values);
  if (tensor.dtype === 'BF16' && values instanceof Uint16Array) return brainToFloat(values);
  return Float32Array.from(values as ArrayLike<number | bigint>, (value) => exact(tensor, value));
}

/** BF16 is the upper half of a float32. */
function brainToFloat(values: Uint16Array): Float32Array {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = (values[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

function exact({ where }: TensorInfo, value: number | bigint): number {
  const rounded = Math.fround(Number(value));
  if (BigInt(rounded) !== BigInt(value))
    fault(where, 'integers that float32 holds exactly', `${value}`, 'read it as stored integers');
  return rounded;
}
