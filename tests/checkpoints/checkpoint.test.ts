import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkTensors,
  filesOfCheckpoint,
  openCheckpoint,
} from '../../src/checkpoints/checkpoint.ts';
import { folderSource } from '../../src/checkpoints/node/folder.ts';
import { stored, toFloat32 } from '../../src/checkpoints/tensor.ts';
import { readTensors, type TensorFile } from '../../src/checkpoints/tensors.ts';
import { FIXTURES, fixture, MemorySource, plain, safetensorsOf, shared } from './memory.ts';

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
const INDEX = 'model.safetensors.index.json';
const sharded = (): Record<string, Uint8Array | string> =>
  Object.fromEntries([...SHARDS, INDEX].map((name) => [name, fixture('sharded', name)]));

const bytes = (shape: number[], start: number): object => ({
  dtype: 'U8',
  shape,
  data_offsets: [start, start + shape.reduce((a, b) => a * b, 1)],
});

describe('a checkpoint in shards', () => {
  it('is one set of tensors, in the order of the index', async () => {
    const file = await openCheckpoint(folderSource(join(FIXTURES, 'sharded')));
    const tensors = await readTensors(file);
    expect([...tensors.keys()]).toEqual(['half', 'brain', 'single', 'count', 'mask']);
    expect(toFloat32(tensors.get('half')!)).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24));
    expect(toFloat32(tensors.get('brain')!)).toEqual(Float32Array.of(1, -2, Infinity));
    expect(toFloat32(tensors.get('single')!)).toEqual(Float32Array.of(0.1, -3));
    expect(stored(tensors.get('count')!)).toEqual(BigInt64Array.of(7n, -9n));
    expect(toFloat32(tensors.get('mask')!)).toEqual(Float32Array.of(1, 0, 1));
  });

  const [first, second] = SHARDS;
  const index = (map: unknown): string => JSON.stringify({ weight_map: map });
  it.each<[string, Record<string, Uint8Array | string>, RegExp]>([
    [
      'an index without a map',
      { [INDEX]: '{}' },
      /index\.json: expected a weight_map, got "undefined"/,
    ],
    [
      'an index that is no object',
      { [INDEX]: '[1]' },
      /index\.json: expected a JSON object, got "\[1\]"/,
    ],
    [
      'a shard elsewhere',
      { [INDEX]: index({ half: '../x' }) },
      /a file beside it for half, got "\.\.\/x"/,
    ],
    [
      'a shard that is a number',
      { [INDEX]: index({ half: 3 }) },
      /a file beside it for half, got "3"/,
    ],
    [
      'a tensor that its shard lacks',
      { [INDEX]: index({ half: first, brain: first, lost: first }) },
      /00001-of-00002\.safetensors: expected lost, as model.safetensors.index.json says, got no such tensor/,
    ],
    [
      'a tensor that the index lacks',
      { [INDEX]: index({ half: first }) },
      /00001-of-00002\.safetensors: expected what .* lists, got brain besides/,
    ],
    [
      'a shard of a web page',
      { [second]: '<html></html>' },
      /00002-of-00002\.safetensors: expected its content, got a web page/,
    ],
    [
      'a shard cut short',
      { [second]: fixture('sharded', second).slice(0, -1) },
      /00002-of-00002\.safetensors: expected 27 bytes of data, got 26/,
    ],
  ])('with %s is refused', async (_, files, message) => {
    await expect(openCheckpoint(new MemorySource({ ...sharded(), ...files }))).rejects.toThrow(
      message,
    );
  });

  it('says which shard is absent, and who names it', async () => {
    const { [second]: absent, ...rest } = sharded();
    expect(absent).toBeDefined();
    const opened = openCheckpoint(new MemorySource(rest));
    await expect(opened).rejects.toThrow(
      /memory\/model\.safetensors\.index\.json: expected its files beside it, got no "model-00002-of-/,
    );
  });
});

describe('a checkpoint', () => {
  it('is safetensors where there are several forms, and .bin where there is nothing else', async () => {
    const files = { ...sharded(), 'pytorch_model.bin': fixture('pytorch', 'parameters.bin') };
    expect((await openCheckpoint(new MemorySource(files))).where).toBe(`memory/${INDEX}`);
    const single = safetensorsOf({ a: bytes([1], 0) }, 1);
    const both = new MemorySource({ ...files, 'model.safetensors': single });
    expect((await openCheckpoint(both)).where).toBe('memory/model.safetensors');
    const binary = new MemorySource({ 'pytorch_model.bin': files['pytorch_model.bin'] });
    expect((await openCheckpoint(binary)).tensors.has('buffer')).toBe(true);
    const inShards = new MemorySource({
      'pytorch_model.bin.index.json': '{"weight_map":{"weight":"a.bin","buffer":"a.bin"}}',
      'a.bin': fixture('pytorch', 'parameters.bin'),
    });
    expect([...(await readTensors(await openCheckpoint(inShards))).keys()]).toEqual([
      'weight',
      'buffer',
    ]);
  });

  it('says what it looked for where there is none', async () => {
    await expect(openCheckpoint(new MemorySource({}))).rejects.toThrow(
      /memory: expected one of model.safetensors, .*, pytorch_model.bin.index.json, got none; check/,
    );
  });

  it('needs texts and weights in one form, of all that a repository has', () => {
    const texts = ['config.json', 'tokenizer.json'];
    const others = [
      'README.md',
      'flax_model.msgpack',
      'pytorch_model.bin',
      'onnx/model.onnx',
      '.gitattributes',
    ];
    const all = [...texts, ...others, ...SHARDS, INDEX];
    expect(filesOfCheckpoint(all)).toEqual([...texts, ...SHARDS, INDEX]);
    expect(filesOfCheckpoint([...all, 'model.safetensors'])).toEqual([
      ...texts,
      'model.safetensors',
    ]);
    expect(filesOfCheckpoint([...texts, ...others])).toEqual([...texts, 'pytorch_model.bin']);
    expect(filesOfCheckpoint(others.slice(0, 1))).toEqual([]);
  });

  it.skipIf(shared('fixtures', 'lm') === undefined).each([
    ['mamba', 'backbone.layers.0.mixer.A_log', [64, 8]],
    ['rwkv', 'head.weight', [97, 32]],
    ['gpt_neox', 'embed_out.weight', [97, 32]],
    ['gpt2', 'transformer.h.0.attn.c_attn.weight', [32, 96]],
    ['gptj', 'lm_head.bias', [97]],
    ['llama', 'lm_head.weight', [97, 32]],
  ])('of %s gives its tensors', async (name, tensor, shape) => {
    const file = await openCheckpoint(folderSource(shared('fixtures', 'lm', name)!));
    const read = await file.read(tensor);
    expect([read.dtype, read.shape]).toEqual(['F32', shape]);
    expect(toFloat32(read).every(Number.isFinite)).toBe(true);
  });
});

describe('tensors that a model expects', () => {
  const header = { a: bytes([2, 3], 0), b: bytes([1], 6), 'h.0.mask': bytes([1], 7) };
  const open = (): Promise<TensorFile> =>
    openCheckpoint(new MemorySource({ 'model.safetensors': safetensorsOf(header, 8) }));

  it('may be all there, with others that it ignores', async () => {
    const shapes = new Map([
      ['a', [2, 3]],
      ['b', [1]],
    ]);
    checkTensors(await open(), shapes, [/\.mask$/]);
  });

  it('are named where they are missing, superfluous or misshapen, all at once', async () => {
    const file = await open();
    const shapes = new Map([
      ['a', [3, 2]],
      ['b', [1]],
      ['c', [1]],
    ]);
    expect(() => checkTensors(file, shapes)).toThrow(
      "memory/model.safetensors: expected the model's 3 tensors, got no c; h.0.mask besides; " +
        'wrong shapes: a [2 3] for [3 2]; check that config.json and weights are of one model',
    );
  });
});

describe('reading many tensors', () => {
  it('reads a few at a time, says how far it is, and keeps the order', async () => {
    const header = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`t${i}`, bytes([2], 2 * i)]),
    );
    const file = await openCheckpoint(
      new MemorySource({ 'model.safetensors': safetensorsOf(header, 18) }),
    );
    let [now, most] = [0, 0];
    const slow: TensorFile = {
      ...file,
      async read(name) {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 9 - Number(name.slice(1))));
        now--;
        return file.read(name);
      },
    };
    const progress: number[][] = [];
    const onProgress = (...at: [number, number]): number => progress.push(at);
    const tensors = await readTensors(slow, file.tensors.keys(), { parallel: 3, onProgress });
    expect(most).toBe(3);
    expect(progress.at(-1)).toEqual([18, 18]);
    expect(Object.keys(plain(tensors))).toEqual(Object.keys(header));
    expect([...tensors.get('t4')!.bytes]).toEqual([8, 9]);
  });

  it('stops at the first that fails', async () => {
    const header = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`t${i}`, bytes([2], 2 * i)]),
    );
    const file = await openCheckpoint(
      new MemorySource({ 'model.safetensors': safetensorsOf(header, 18) }),
    );
    const asked: string[] = [];
    const failing: TensorFile = {
      ...file,
      read(name) {
        asked.push(name);
        return name === 't1' ? Promise.reject(new Error('no t1')) : file.read(name);
      },
    };
    await expect(readTensors(failing, undefined, { parallel: 2 })).rejects.toThrow('no t1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked.length).toBeLessThan(5);
  });
});
