import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/checkpoints/crc32.ts';
import { halfToFloat } from '../../src/checkpoints/half.ts';
import { type DType, stored, type Tensor, toFloat32 } from '../../src/checkpoints/tensor.ts';

const tensor = (dtype: DType, bytes: Uint8Array<ArrayBuffer>): Tensor => ({
  name: 't',
  dtype,
  shape: [],
  where: 'file: t',
  place: '',
  bytes,
});

const bytesOf = (view: ArrayBufferView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(view.buffer as ArrayBuffer).slice();

describe('numbers of a tensor', () => {
  it('turns every half into the float that it is', () => {
    const halves = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
    const floats = halfToFloat(halves);
    const expected = Float32Array.from(new Float16Array(halves.buffer));
    expect(floats.every((value, i) => Object.is(value, expected[i]))).toBe(true);
  });

  it('turns every brain float into the float whose upper half it is', () => {
    const brains = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
    const floats = toFloat32(tensor('BF16', bytesOf(brains)));
    const bits = new Uint32Array(floats.buffer);
    expect(bits.every((value, i) => value === i * 65536)).toBe(true);
  });

  it('keeps floats without a copy, and halves as their bits', () => {
    const floats = tensor('F32', bytesOf(Float32Array.of(1.5, -0)));
    expect(toFloat32(floats).buffer).toBe(floats.bytes.buffer);
    expect(stored(tensor('F16', bytesOf(Uint16Array.of(0x3c00))))).toEqual(Uint16Array.of(0x3c00));
  });

  it('copies bytes that are not aligned', () => {
    const bytes = new Uint8Array(7);
    new DataView(bytes.buffer).setFloat32(3, 0.5, true);
    expect(toFloat32(tensor('F32', bytes.subarray(3)))).toEqual(Float32Array.of(0.5));
  });

  it('gives integers exactly or not at all', () => {
    expect(toFloat32(tensor('I64', bytesOf(BigInt64Array.of(-3n, 1n << 40n))))).toEqual(
      Float32Array.of(-3, 2 ** 40),
    );
    expect(toFloat32(tensor('BOOL', Uint8Array.of(0, 1)))).toEqual(Float32Array.of(0, 1));
    const odd = tensor('I32', bytesOf(Int32Array.of(2 ** 24 + 1)));
    expect(() => toFloat32(odd)).toThrow(/file: t: expected integers .* got 16777217; read it as/);
  });
});

describe('crc32', () => {
  it('is what its definition says, of all at once or of parts', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
    for (const cut of [0, 1, 7, 8, 9, 500, 1000])
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(crc32(bytes));
  });
});
