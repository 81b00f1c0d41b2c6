/**
 * The safetensors format (https://github.com/huggingface/safetensors): an 8-byte little-endian
 * header length, a JSON header, then the tensors' bytes. Runs in Node and in the browser.
 */

/** A tensor on the host: row-major values of the given shape. */
export interface HostTensor {
  shape: number[];
  values: Float32Array;
}

const LENGTH_BYTES = 8;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
const METADATA = '__metadata__';
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const elements = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);

function fail(expected: string, got: string, remedy: string): never {
  throw new Error(`safetensors: expected ${expected}, got ${got}; ${remedy}`);
}

const REFETCH = 'write or download the file again';

/**
 * Serialises float32 tensors, in the order of the record.
 * @param metadata free text pairs of the header
 */
export function encode(
  tensors: Readonly<Record<string, Readonly<HostTensor>>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = metadata ? { [METADATA]: metadata } : {};
  let end = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    if (values.length !== elements(shape)) {
      fail(
        `${elements(shape)} values for ${name} [${shape.join(' ')}]`,
        `${values.length}`,
        'check its shape',
      );
    }
    const start = end;
    end += values.length * FLOAT_BYTES;
    header[name] = { dtype: 'F32', shape: [...shape], data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end).fill(
    0x20,
    0,
    LENGTH_BYTES + headerLength,
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerLength;
  for (const { values } of Object.values(tensors)) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/** What the header says of a tensor; its range counts from the start of the data. */
export interface Entry {
  dtype: unknown;
  shape: number[];
  data_offsets: [number, number];
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  if (!('dtype' in value && 'shape' in value && 'data_offsets' in value)) return false;
  const { shape, data_offsets: range } = value;
  return (
    Array.isArray(shape) &&
    shape.every(isCount) &&
    Array.isArray(range) &&
    range.length === 2 &&
    range.every(isCount)
  );
}

const isTextRecord = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((text) => typeof text === 'string');

interface Header {
  entries: [string, Entry][];
  metadata: Record<string, string>;
  dataStart: number;
}

/**
 * @param bytes the file, or its first bytes up to the end of the header
 * @throws Error on anything but a header of that format
 */
export function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length < LENGTH_BYTES)
    fail(`at least ${LENGTH_BYTES} bytes`, `${bytes.length}`, REFETCH);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = LENGTH_BYTES + Number(view.getBigUint64(0, true));
  if (dataStart > bytes.length)
    fail(`a header of ${dataStart} bytes`, `a file of ${bytes.length}`, REFETCH);
  let header: unknown;
  try {
    header = JSON.parse(UTF8.decode(bytes.subarray(LENGTH_BYTES, dataStart)));
  } catch (error) {
    fail('a JSON header', String(error), REFETCH);
  }
  if (typeof header !== 'object' || header === null)
    fail('a JSON object as header', String(header), REFETCH);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA);
  const checked = entries.map(([name, entry]): [string, Entry] => {
    if (!isEntry(entry)) {
      fail(`dtype, shape and data_offsets for ${name}`, JSON.stringify(entry), REFETCH);
    }
    return [name, entry];
  });
  const pairs: unknown = METADATA in header ? header[METADATA] : {};
  if (!isTextRecord(pairs)) fail('metadata of text pairs', JSON.stringify(pairs), REFETCH);
  return { entries: checked, metadata: pairs, dataStart };
}

const FLOAT_ONLY: ReadonlyMap<unknown, number> = new Map([['F32', FLOAT_BYTES]]);

/**
 * Tensors must tile the data exactly: no gap, no overlap, no byte left over.
 * @param widths bytes an element of each dtype that is allowed
 */
export function checkTiling(
  entries: readonly [string, Entry][],
  dataLength: number,
  widths = FLOAT_ONLY,
): void {
  let end = 0;
  for (const [name, entry] of entries.toSorted(
    (a, b) =>
      a[1].data_offsets[0] - b[1].data_offsets[0] || a[1].data_offsets[1] - b[1].data_offsets[1],
  )) {
    const [start, stop] = entry.data_offsets;
    const width = widths.get(entry.dtype);
    if (width === undefined) {
      const allowed = [...widths.keys()].join(', ');
      fail(`dtype ${allowed} for ${name}`, String(entry.dtype), 'convert the tensor to float32');
    }
    if (stop - start !== elements(entry.shape) * width) {
      fail(`${elements(entry.shape) * width} bytes for ${name}`, `${stop - start}`, REFETCH);
    }
    if (start !== end)
      fail(`${name} to start at byte ${end}`, `${start} (gap or overlap)`, REFETCH);
    end = stop;
  }
  if (end !== dataLength) fail(`${end} bytes of data`, `${dataLength}`, REFETCH);
}

/**
 * Parses a float32 safetensors file into its tensors, in the order of the header.
 * @throws Error on a truncated file, a malformed header, overlapping tensors or another dtype
 */
export function decode(bytes: Uint8Array): Record<string, HostTensor> {
  const { entries, dataStart } = parseHeader(bytes);
  checkTiling(entries, bytes.length - dataStart);
  return Object.fromEntries(
    entries.map(
      ([
        name,
        {
          shape,
          data_offsets: [start, stop],
        },
      ]) => {
        const values = new Float32Array(
          Uint8Array.prototype.slice.call(bytes, dataStart + start, dataStart + stop).buffer,
        );
        return [name, { shape, values }];
      },
    ),
  );
}

/** The free text pairs of a file's header; empty where it has none. */
export const metadata = (bytes: Uint8Array): Record<string, string> => parseHeader(bytes).metadata;
