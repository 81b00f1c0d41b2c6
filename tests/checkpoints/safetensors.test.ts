import { describe, expect, it } from 'vitest';
import { openSafetensors } from '../../src/checkpoints/safetensors.ts';
import { openFile } from '../../src/checkpoints/source.ts';
import type { TensorFile } from '../../src/checkpoints/tensors.ts';
import { stored, toFloat32 } from '../../src/checkpoints/tensor.ts';
import { MemorySource, safetensorsOf } from './memory.ts';

const open = async (content: Uint8Array | string): Promise<TensorFile> =>
  openSafetensors(await openFile(new MemorySource({ 'm.safetensors': content }), 'm.safetensors'));

const entry = (dtype: string, shape: number[], start: number, end: number): object => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe('a safetensors file', () => {
  it('gives each tensor in its own format, from its own range', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      whole: entry('I16', [2], 2, 6),
      byte: entry('U8', [2, 1], 0, 2),
      none: entry('F32', [0, 4], 6, 6),
    };
    const bytes = safetensorsOf(header, 6);
    const source = new MemorySource({ 'm.safetensors': bytes });
    const file = await openSafetensors(await openFile(source, 'm.safetensors'));
    expect([...file.tensors.keys()]).toEqual(['whole', 'byte', 'none']);
    source.reads.length = 0;
    const whole = await file.read('whole');
    expect(source.reads).toEqual([
      { path: 'm.safetensors', start: bytes.length - 4, end: bytes.length },
    ]);
    expect(stored(whole)).toEqual(Int16Array.of(0x0302, 0x0504));
    expect(toFloat32(await file.read('byte'))).toEqual(Float32Array.of(0, 1));
    expect((await file.read('none')).bytes).toHaveLength(0);
  });

  it('reads no more than the header to open', async () => {
    const source = new MemorySource({
      'm.safetensors': safetensorsOf({ a: entry('F32', [1000], 0, 4000) }, 4000),
    });
    await openSafetensors(await openFile(source, 'm.safetensors'));
    expect(Math.max(...source.reads.map(({ end }) => end))).toBeLessThan(100);
  });

  it.each<[string, Uint8Array | string, RegExp]>([
    [
      'a pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\n',
      /a Git LFS pointer; run `git lfs pull`/,
    ],
    ['a web page', '\n<!DOCTYPE html><html>', /got a web page; sign in or set a token/],
    ['nothing', '', /got an empty file; download the file again/],
    ['a few bytes', 'abc', /expected at least 8 bytes, got 3/],
    [
      'a long header',
      safetensorsOf('{}', 0).with(1, 1),
      /a header of at most 2 bytes, got one of 258/,
    ],
    ['no JSON', safetensorsOf('{"a"', 0), /expected a JSON header/],
    [
      'one more byte',
      safetensorsOf({ a: entry('U8', [4], 0, 4) }, 5),
      /expected 4 bytes of data, got 5/,
    ],
    [
      'one less',
      safetensorsOf({ a: entry('U8', [4], 0, 4) }, 3),
      /expected 4 bytes of data, got 3/,
    ],
    [
      'an overlap',
      safetensorsOf({ a: entry('U8', [4], 0, 4), b: entry('U8', [4], 2, 6) }, 6),
      /b to start at byte 4, got 2/,
    ],
    [
      'another shape',
      safetensorsOf({ w: entry('F16', [3], 0, 4) }, 4),
      /expected 6 bytes for w, got 4/,
    ],
    [
      'an endless shape',
      safetensorsOf({ w: entry('F16', [2 ** 52, 2 ** 52, 0], 0, 4) }, 4),
      /bytes for w/,
    ],
    [
      'a name twice',
      safetensorsOf(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        2,
      ),
      /a to start at byte 0/,
    ],
    [
      'an unknown format',
      safetensorsOf({ w: entry('F8_E4M3', [4], 0, 4) }, 4),
      /dtype F64, F32, .* for w, got F8_E4M3; convert/,
    ],
    [
      'a format of JavaScript',
      safetensorsOf({ w: entry('constructor', [4], 0, 4) }, 4),
      /for w, got constructor/,
    ],
    [
      'an endless header',
      safetensorsOf(' '.repeat(2 ** 22 + 1), 0),
      /a header of at most 4194304 bytes, got one of 4194305/,
    ],
    ['no UTF-8', safetensorsOf('{"\u00e9":1}', 0).with(10, 0xff), /expected a JSON header/],
    ['a byte order mark', safetensorsOf('\uFEFF{}', 0), /expected a JSON header/],
  ])('refuses %s in its place', async (_, content, message) => {
    await expect(open(content)).rejects.toThrow(message);
    await expect(open(content)).rejects.toThrow(/^memory\/m\.safetensors: expected/);
    await expect(open(content)).rejects.toHaveProperty('name', 'CheckpointError');
  });

  it('names the tensor that it does not have', async () => {
    const file = await open(safetensorsOf({ a: entry('U8', [1], 0, 1) }, 1));
    await expect(file.read('b')).rejects.toThrow(/expected a tensor b, got none of that name/);
  });

  it('refuses a source that gives other than it was asked', async () => {
    const source = new MemorySource({ m: safetensorsOf({ a: entry('U8', [9], 0, 9) }, 9) });
    const file = await openSafetensors(await openFile(source, 'm'));
    const { read } = source;
    source.read = (path, start, end) => read(path, start, end - 1);
    await expect(file.read('a')).rejects.toThrow(/memory\/m: expected 9 bytes from \d+, got 8; /);
  });
});
