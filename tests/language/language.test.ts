import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { folderSource } from '../../src/checkpoints/node/folder.ts';
import { loadLanguageModel } from '../../src/language/model.ts';
import type { LanguageModel } from '../../src/language/model.ts';
import { variantsOf } from '../../src/lab/parity/variants.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { shared } from '../checkpoints/memory.ts';
import { openForSuite } from '../kernels/backends.ts';
import { relativeError } from '../kernels/support.ts';

const COMMITTED = join(import.meta.dirname, '../fixtures/language');
const ARCHITECTURES = ['mamba', 'rwkv', 'gpt_neox', 'gpt2', 'gptj', 'llama'];

const given = shared('fixtures', 'lm');
/** The committed ones, and the others where they are. */
const FOLDERS = ARCHITECTURES.flatMap((name): [string, string][] => {
  const folders = [COMMITTED, ...(given === undefined ? [] : [given])];
  const folder = folders.map((root) => join(root, name)).find(existsSync);
  return folder === undefined ? [] : [[name, folder]];
});

interface Golden {
  ids: number[][];
  logits: number[][][];
}
const goldenIn = (folder: string): Golden =>
  JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden;

const load = (folder: string): Promise<LanguageModel> => loadLanguageModel(folderSource(folder));

/** Prompts of awkward lengths, the same each time. */
function prompts(model: LanguageModel, lengths: readonly number[]): number[][] {
  const random = RandomStream.fromSeed(7);
  const { vocabulary } = model.network;
  return lengths.map((length) =>
    Array.from({ length }, () => Math.floor(random.uniform(0, vocabulary))),
  );
}

describe.each(FOLDERS)('%s', (_, folder) => {
  openForSuite('wasm');

  it('gives the golden logits in one pass, in pieces and token by token', async () => {
    const model = await load(folder);
    const { ids, logits } = goldenIn(folder);
    for (const pieceLength of [undefined, 5, 1])
      for (const [b, prompt] of ids.entries())
        expect(
          relativeError([...(await model.logits(prompt, pieceLength))], logits[b]!.flat()),
        ).toBeLessThan(1e-5);
    model.dispose();
  });

  it('keeps weights of 16 bits as they are, and loses little by their rounding', async () => {
    const { ids, logits } = goldenIn(folder);
    const variants = await variantsOf(folder);
    const bytes: number[] = [];
    for (const [name, most] of [
      ['as it is', 1e-5],
      ['F16', 2e-3],
      ['BF16', 2e-2],
    ] as const) {
      const before = tf.memory().numBytes;
      const model = await loadLanguageModel(variants.find((one) => one.name === name)!.source);
      bytes.push(tf.memory().numBytes - before);
      const error = relativeError([...(await model.logits(ids[0]!))], logits[0]!.flat());
      expect(error, name).toBeLessThan(most);
      model.dispose();
    }
    expect(bytes[1]! / bytes[0]!).toBeLessThan(0.65);
    expect(bytes[2]).toBe(bytes[1]);
  });

  it('gives prompts of unequal length what each gets alone', async () => {
    const model = await load(folder);
    const all = prompts(model, [3, 17, 1, 8, 17]);
    const together = await model.nextTokens(all);
    for (const [i, prompt] of all.entries()) {
      const [alone] = await model.nextTokens([prompt]);
      expect(together[i]!.id).toBe(alone!.id);
      expect(together[i]!.logProbability).toBeCloseTo(alone!.logProbability, 5);
    }
    model.dispose();
  });

  it('reads what fills up at the left as text, where that is asked for', async () => {
    const model = await load(folder);
    const [short, long] = prompts(model, [4, 6]) as [number[], number[]];
    const padded = await model.nextTokens([short, long], { padding: 'left', pad: 2 });
    const spelt = await model.nextTokens([[2, 2, ...short], long]);
    expect(padded).toEqual(spelt);
    expect(padded[0]).not.toEqual((await model.nextTokens([short]))[0]);
    model.dispose();
  });

  it('generates what is most probable each time, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const model = await load(folder);
    const loaded = tf.memory().numTensors;
    const [prompt] = prompts(model, [5]) as [number[]];
    const written = await Array.fromAsync(model.generate(prompt, { maxTokens: 6 }));
    const expected = [...prompt];
    for (let i = 0; i < written.length; i++)
      expected.push((await model.nextTokens([expected]))[0]!.id);
    expect([...prompt, ...written]).toEqual(expected);
    for await (const id of model.generate(prompt, { maxTokens: 6 })) if (id >= 0) break;
    expect(tf.memory().numTensors).toBe(loaded);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('scores a continuation as its logits say', async () => {
    const model = await load(folder);
    const [ids] = prompts(model, [11]) as [number[]];
    const scores = await model.score(ids.slice(0, 4), ids.slice(4));
    const logits = await model.logits(ids);
    const { vocabulary } = model.network;
    const expected = ids.slice(4).map((id, i) => {
      const row = logits.subarray((i + 3) * vocabulary, (i + 4) * vocabulary);
      return row[id]! - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    });
    expect(relativeError([...scores], expected)).toBeLessThan(1e-5);
    model.dispose();
  });
});
