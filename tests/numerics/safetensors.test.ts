import { describe, expect, it } from 'vitest';
import { decode, encode, metadata } from '../../src/numerics/safetensors.ts';

const tensors = {
  weight: { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, Number.NaN, Infinity, 1e-40) },
  scalar: { shape: [], values: Float32Array.of(7) },
  empty: { shape: [0, 4], values: new Float32Array(0) },
};

/** A file with the given header and `dataLength` zero bytes of data. */
function fileOf(header: string, dataLength: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (start: number, end: number, dtype = 'F32'): string =>
  `{"dtype":"${dtype}","shape":[${(end - start) / 4}],"data_offsets":[${start},${end}]}`;

describe('safetensors', () => {
  it('returns what was encoded, bit for bit and in order', () => {
    const decoded = decode(encode(tensors, { format: 'pt' }));
    expect(Object.keys(decoded)).toEqual(Object.keys(tensors));
    expect(decoded).toEqual(tensors);
  });

  it('returns the metadata of the header', () => {
    expect(metadata(encode(tensors, { format: 'pt' }))).toEqual({ format: 'pt' });
    expect(metadata(encode(tensors))).toEqual({});
    expect(() => metadata(fileOf('{"__metadata__":{"a":1}}', 0))).toThrow(/metadata of text pairs/);
  });

  it('aligns the data to 8 bytes and reads a view into a larger buffer', () => {
    const bytes = encode(tensors);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decode(shifted.subarray(3))).toEqual(tensors);
  });

  it('refuses values that do not fill the shape', () => {
    const wrong = { w: { shape: [2, 2], values: new Float32Array(3) } };
    expect(() => encode(wrong)).toThrow(/expected 4 values for w \[2 2\], got 3/);
  });

  it('refuses every truncation of a file', () => {
    const bytes = encode(tensors);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length)), `${length} bytes`).toThrow(/^safetensors: /);
    }
  });

  it.each([
    ['trailing bytes', fileOf(`{"a":${entry(0, 4)}}`, 8), /4 bytes of data, got 8/],
    [
      'overlap',
      fileOf(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12),
      /b to start at byte 8, got 4/,
    ],
    ['gap', fileOf(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12), /b to start at byte 4, got 8/],
    ['unknown dtype', fileOf(`{"a":${entry(0, 4, 'BF16')}}`, 4), /dtype F32 for a, got BF16/],
    ['wrong size', fileOf('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}', 4), /12 bytes/],
    ['no offsets', fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4), /data_offsets for a/],
    ['no JSON', fileOf('{oops', 4), /a JSON header/],
    ['no object', fileOf('null', 0), /a JSON object/],
  ])('refuses a file with %s', (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(message);
  });
});
