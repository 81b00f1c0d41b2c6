import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { folderSource } from '../../src/checkpoints/node/folder.ts';
import { openPyTorch } from '../../src/checkpoints/pytorch.ts';
import { openFile } from '../../src/checkpoints/source.ts';
import { stored, type Tensor, toFloat32 } from '../../src/checkpoints/tensor.ts';
import { readTensors, type TensorFile } from '../../src/checkpoints/tensors.ts';
import { openSafetensors } from '../../src/checkpoints/safetensors.ts';
import { FIXTURES, fixture, MemorySource, plain, shared } from './memory.ts';

const FOLDER = join(FIXTURES, 'pytorch');

const open = async (bytes: Uint8Array): Promise<TensorFile> =>
  openPyTorch(await openFile(new MemorySource({ 'w.bin': bytes }), 'w.bin'));

const load = async (name: string): Promise<Map<string, Tensor>> =>
  readTensors(await openPyTorch(await openFile(folderSource(FOLDER), `${name}.bin`)));

interface Expected {
  dtype: string;
  shape: number[];
  values: number[];
}

const numbers = (tensor: Tensor): number[] =>
  tensor.dtype.endsWith('F16')
    ? [...toFloat32(tensor)]
    : Array.from(stored(tensor) as ArrayLike<number | bigint>, Number);

describe('a file of torch.save', () => {
  it.each(['dtypes', 'views', 'module', 'parameters'])(
    '%s.bin: as PyTorch has it',
    async (name) => {
      const tensors = await load(name);
      const expected = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Record<
        string,
        Expected
      >;
      expect([...tensors.keys()]).toEqual(Object.keys(expected));
      for (const [key, tensor] of tensors) {
        const { dtype, shape, values } = expected[key]!;
        expect([tensor.dtype, tensor.shape], key).toEqual([dtype, shape]);
        expect(numbers(tensor), key).toEqual(values);
      }
    },
  );

  it('reads tied tensors once', async () => {
    const tensors = await load('views');
    expect(tensors.get('tied')!.bytes).toBe(tensors.get('whole')!.bytes);
    expect(tensors.get('tied')!.name).toBe('tied');
  });

  it('reads only the range of a view, once its storage is checked', async () => {
    const source = new MemorySource({ 'w.bin': fixture('pytorch', 'views.bin') });
    const file = await openPyTorch(await openFile(source, 'w.bin'));
    await file.read('row');
    source.reads.length = 0;
    await file.read('row');
    expect(source.reads.map(({ start, end }) => end - start).at(-1)).toBe(6 * 4);
  });

  it.each<[string, RegExp]>([
    [
      'executes',
      /names of dictionaries and tensors alone, got "posix\.system"; .* nothing was executed/,
    ],
    ['expanded', /each element of a tensor once in the file, got \[1000\] with strides \[0\]/],
    ['overlapping', /expected tensors of at most 9783 bytes, got 152000: they overlap/],
    ['nested', /expected a tensor for "state_dict", got a dictionary; save the state_dict/],
    ['legacy', /got the format of PyTorch before 1\.6; load it/],
    ['protocol4', /expected pickle protocol 2, got protocol 4/],
  ])('refuses %s.bin by name', async (name, message) => {
    await expect(load(name)).rejects.toThrow(message);
    await expect(load(name)).rejects.toThrow(`${FOLDER}/${name}.bin`);
    expect(existsSync('executed')).toBe(false);
  });

  it('refuses what is packed', async () => {
    const pickle = new TextEncoder().encode('\x80\x02}.'.padEnd(99, ' '));
    const bytes = zipSync({ 'w/data.pkl': [pickle, { level: 9 }] });
    await expect(open(bytes)).rejects.toThrow(
      /expected "w\/data\.pkl" stored as it is, got it packed/,
    );
  });

  it('refuses a byte changed in a storage, whole or in part', async () => {
    for (const [tensor, file] of [
      ['weight', 'parameters'],
      ['row', 'views'],
    ] as const) {
      const whole = await open(fixture('pytorch', `${file}.bin`));
      const { bytes } = await whole.read(tensor);
      const changed = fixture('pytorch', `${file}.bin`);
      changed[Buffer.from(changed).indexOf(Buffer.from(bytes))]! ^= 1;
      await expect((await open(changed)).read(tensor)).rejects.toThrow(
        /expected checksum \d+ of "\w+\/data\/\d"/,
      );
    }
  });

  it.skipIf(shared('fixtures', 'lm') === undefined)(
    'agrees with safetensors of the same model',
    async () => {
      const source = folderSource(shared('fixtures', 'lm', 'rwkv')!);
      const bin = await readTensors(await openPyTorch(await openFile(source, 'pytorch_model.bin')));
      const safe = await readTensors(
        await openSafetensors(await openFile(source, 'model.safetensors')),
      );
      const byName = (tensors: Map<string, Tensor>): [string, unknown][] =>
        Object.entries(plain(tensors)).toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(byName(bin)).toEqual(byName(safe));
      expect(bin.size).toBe(60);
    },
  );
});

describe('an archive', () => {
  it('whose directory exchanges two storages is refused', async () => {
    const bytes = Buffer.from(fixture('pytorch', 'module.bin'));
    const [first, second] = ['module/data/0', 'module/data/1'].map((name) =>
      bytes.indexOf(name, bytes.indexOf('PK\x01\x02', 0, 'latin1')),
    ) as [number, number];
    bytes.write('1', first + 12);
    bytes.write('0', second + 12);
    await expect((await open(bytes)).read('0.weight')).rejects.toThrow(
      /expected "module\/data\/0" at \d+, got something else/,
    );
  });

  it('whose tensor reaches beyond its storage is refused', async () => {
    const entries = unzipSync(fixture('pytorch', 'parameters.bin'));
    const pickle = Buffer.from(entries['parameters/data.pkl']!);
    pickle[pickle.indexOf('K\x02K\x02\x86', 0, 'latin1') + 1] = 3;
    const bytes = zipSync({ ...entries, 'parameters/data.pkl': pickle }, { level: 0 });
    await expect(open(bytes)).rejects.toThrow(
      /views within the 4 elements of storage 0, got \[3 2\] with strides \[2 1\] from 0/,
    );
  });
});

/** An archive of a pickle alone, stored. */
const archiveOf = (pickle: string): Uint8Array =>
  zipSync({ 'w/data.pkl': Buffer.from(pickle, 'latin1') }, { level: 0 });

describe('a pickle', () => {
  it('may be an empty dictionary', async () => {
    expect((await open(archiveOf('\x80\x02}.'))).tensors.size).toBe(0);
  });

  it.each([
    ['an unknown opcode', '\x80\x02]\x93.', /an allowed opcode, got 0x93 at 3/],
    ['no end', '\x80\x02}', /got the end of the pickle/],
    ['two values', '\x80\x02}}.', /expected one value, got more after it/],
    ['bytes after its end', '\x80\x02}..', /got more after it/],
    ['nothing', '\x80\x02.', /got an empty stack/],
    ['a value below a mark', '\x80\x02}K\x01(K\x02s.', /expected a value, got an empty stack/],
    ['no mark', '\x80\x02}u.', /expected a mark, got none/],
    ['an object that it does not remember', '\x80\x02h\x07.', /expected an object 7, got none/],
    ['a list in place of a dictionary', '\x80\x02].', /a dictionary of tensors, got a list/],
    ['a number for a name', '\x80\x02}K\x01K\x02s.', /expected a tensor for "1", got "2"/],
    ['eval', '\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR.', /got "builtins\.eval"/],
    ['a call of a value', '\x80\x02})R.', /expected a call of an allowed name/],
    [
      'a call with other arguments',
      '\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.',
      /a storage, an offset/,
    ],
    ['a storage of another kind', '\x80\x02X\x01\x00\x00\x00aQ.', /a storage of numbers, got "a"/],
    ['too many objects', `\x80\x02${']'.repeat(500)}.`, /more objects than it can have/],
    [
      'a long number',
      '\x80\x02\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x7f.',
      /a whole number below 2\^53/,
    ],
    ['an endless name', `\x80\x02c${'x'.repeat(5000)}\ny\n.`, /got "x{80}…"/],
  ])('with %s is refused', async (_, pickle, message) => {
    await expect(open(archiveOf(pickle))).rejects.toThrow(message);
    await expect(open(archiveOf(pickle))).rejects.toThrow(
      /^memory\/w\.bin\/w\/data\.pkl: expected/,
    );
  });

  it('that is endless is refused unread', async () => {
    await expect(open(archiveOf(`\x80\x02}${'0'.repeat(2 ** 20)}`))).rejects.toThrow(
      /expected a pickle of at most 1048576 bytes, got 1048579/,
    );
  });

  it('of two archives in one is refused', async () => {
    const pickle = Buffer.from('\x80\x02}.', 'latin1');
    const bytes = zipSync({ 'a/data.pkl': pickle, 'b/data.pkl': pickle }, { level: 0 });
    await expect(open(bytes)).rejects.toThrow(/expected one data\.pkl in the archive, got 2/);
  });
});
