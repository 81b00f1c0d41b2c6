import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/checkpoints/config.ts';
import { openCheckpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Source } from '../../src/checkpoints/source.ts';
import { LanguageModel, loadLanguageModel } from '../../src/language/model.ts';
import { networkOf } from '../../src/language/networks.ts';
import { loadWeights } from '../../src/language/weights.ts';
import { MAMBA } from '../../src/models/mamba.ts';
import { RWKV4 } from '../../src/models/rwkv4.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { decode, encode } from '../../src/numerics/safetensors.ts';
import type { HostTensor } from '../../src/numerics/safetensors.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { MemorySource } from '../checkpoints/memory.ts';
import { openForSuite } from '../kernels/backends.ts';
import { relativeError } from '../kernels/support.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/language');

type Json = Record<string, unknown>;
type Tensors = Record<string, HostTensor>;

const configOf = (name: string): Json =>
  JSON.parse(readFileSync(join(FIXTURES, name, 'config.json'), 'utf8')) as Json;

const tensorsOf = (name: string): Tensors =>
  decode(readFileSync(join(FIXTURES, name, 'model.safetensors')));

const sourceOf = (config: Json, tensors: Tensors): Source =>
  new MemorySource({
    'config.json': JSON.stringify(config),
    'model.safetensors': encode(tensors),
  });

const zeros = (...shape: number[]): HostTensor => ({
  shape,
  values: new Float32Array(shape.reduce((n, size) => n * size, 1)),
});

const PROMPT = [5, 17, 3, 88, 0, 96, 41];

async function logits(config: Json, tensors: Tensors): Promise<Float32Array> {
  const model = await loadLanguageModel(sourceOf(config, tensors));
  const values = await model.logits(PROMPT);
  model.dispose();
  return values;
}

const without = <T>(values: Record<string, T>, ...names: string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

describe('checkpoints of language models', () => {
  openForSuite('wasm');
  let mambaConfig: Json, llamaConfig: Json, mambaTensors: Tensors, llamaTensors: Tensors;
  beforeEach(() => {
    [mambaConfig, llamaConfig] = [configOf('mamba'), configOf('llama')];
    [mambaTensors, llamaTensors] = [tensorsOf('mamba'), tensorsOf('llama')];
  });

  it('are read by the first of several names of a setting, whatever stale ones say', async () => {
    const golden = await logits(mambaConfig, mambaTensors);
    const stale = { ...mambaConfig, d_model: 2048, n_layer: 64, pad_vocab_size_multiple: 1 };
    expect(await logits(stale, mambaTensors)).toEqual(golden);
  });

  it('share embedding and head where the configuration forgets to say so', async () => {
    const golden = await logits(mambaConfig, mambaTensors);
    expect(await logits(without(mambaConfig, 'tie_word_embeddings'), mambaTensors)).toEqual(golden);
    const embedding = llamaTensors['model.embed_tokens.weight']!;
    const tied = await logits(llamaConfig, { ...llamaTensors, 'lm_head.weight': embedding });
    const headless = without(llamaTensors, 'lm_head.weight');
    expect(await logits(without(llamaConfig, 'tie_word_embeddings'), headless)).toEqual(tied);
    expect(await logits({ ...llamaConfig, tie_word_embeddings: true }, llamaTensors)).toEqual(tied);
    await expect(logits(llamaConfig, headless)).rejects.toThrow(/got no lm_head\.weight/);
  });

  it('turn heads by older settings of rotary positions as by newer', async () => {
    const golden = await logits(llamaConfig, llamaTensors);
    const older = { ...without(llamaConfig, 'rope_parameters'), rope_theta: 10_000 };
    expect(await logits(older, llamaTensors)).toEqual(golden);
    const other = await logits({ ...older, rope_theta: 100 }, llamaTensors);
    expect(other).not.toEqual(golden);
    const scaled = { ...older, rope_scaling: { type: 'linear', factor: 2 } };
    await expect(logits(scaled, llamaTensors)).rejects.toThrow(
      /rope_scaling: rope_type: expected "default", got "linear"/,
    );
  });

  it('may hold tables that nobody needs', async () => {
    const table = { 'model.layers.0.self_attn.rotary_emb.inv_freq': zeros(4) };
    const golden = await logits(llamaConfig, llamaTensors);
    expect(await logits(llamaConfig, { ...llamaTensors, ...table })).toEqual(golden);
  });

  it('are refused by the names of all tensors that are missing, superfluous or misshapen', async () => {
    const tensors = {
      ...without(mambaTensors, 'backbone.layers.1.mixer.D'),
      'backbone.layers.0.mixer.E': zeros(3),
      'backbone.norm_f.weight': zeros(31),
    };
    await expect(logits(mambaConfig, tensors)).rejects.toThrow(
      /memory\/model\.safetensors: expected the model's \d+ tensors, got no backbone\.layers\.1\.mixer\.D; backbone\.layers\.0\.mixer\.E besides; wrong shapes: backbone\.norm_f\.weight \[31\] for \[32\]; check/,
    );
  });

  it.each([
    [{ model_type: 'mamba2' }, /model_type: expected one of mamba, rwkv, .*, got mamba2/],
    [{ rms_norm: false }, /rms_norm: expected true, got false/],
    [{ ssm_cfg: { layer: 'Mamba2' } }, /layer: expected "Mamba1", got "Mamba2"/],
    [{ hidden_act: 'relu' }, /hidden_act: expected "silu" or "swish", got "relu"/],
    [{ hidden_size: '32' }, /expected a count for hidden_size or d_model, got/],
  ])('are refused where they are of another kind: %j', async (changed, message) => {
    await expect(logits({ ...mambaConfig, ...changed }, mambaTensors)).rejects.toThrow(message);
  });

  it('are refused before they are read where memory does not suffice', async () => {
    const source = sourceOf(mambaConfig, mambaTensors) as MemorySource;
    const before = tf.memory().numTensors;
    await expect(loadLanguageModel(source, { free: 2e6 })).rejects.toThrow(
      /expected \d+ MB of memory for wasm \(1 MB of weights and \d+ MB for a pass\), got 2 MB: \d+ MB are missing; take/,
    );
    const read = source.reads.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(read).toBeLessThan(20_000);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('never answer with a padded row, nor take one', async () => {
    const source = sourceOf(mambaConfig, mambaTensors);
    const [config, file] = [await readConfig(source), await openCheckpoint(source)];
    const network = networkOf(config, () => true);
    const whole = await loadLanguageModel(source);
    const [best] = await whole.nextTokens([PROMPT]);
    const tokenizer = {
      size: best!.id,
      encode: () => PROMPT,
      decode: () => '',
      id: () => undefined,
    };
    const weights = await loadWeights(file, network.needs, { format: 'stored' });
    const padded = new LanguageModel(network, config, weights, tokenizer);
    const [next] = await padded.nextTokens(['any']);
    expect(next!.id).toBeLessThan(best!.id);
    await expect(whole.nextTokens([[3, 97]])).rejects.toThrow(/expected ids from 0 to 96, got 97/);
    await expect(whole.nextTokens([[]])).rejects.toThrow(/expected a prompt, got none/);
    await expect(whole.nextTokens(['text'])).rejects.toThrow(
      /expected a tokenizer\.json beside it/,
    );
    whole.dispose();
    padded.dispose();
  });
});

describe('the blocks that are trained', () => {
  openForSuite('wasm');
  const [d_model, n_layer, rows] = [32, 3, 11];
  const table = {
    shape: [rows, d_model],
    values: RandomStream.fromSeed(4).normals(rows * d_model),
  };
  const ids = [3, 1, 4, 1, 5, 9, 2, 6, 5];
  const common = { hidden_size: d_model, num_hidden_layers: n_layer, vocab_size: rows };
  const block = { d_state: 8, d_conv: 4, expand: 2 };

  it.each([
    {
      name: 'mamba',
      backbone: MAMBA.backbone({ model: 'mamba', d_model, n_layer, ...block }),
      config: { model_type: 'mamba', ...common, state_size: 8 },
      ends: { 'backbone.embeddings.weight': table },
      named: (name: string) => name,
    },
    {
      name: 'rwkv',
      backbone: RWKV4.backbone({ model: 'rwkv4', d_model, n_layer }),
      config: { model_type: 'rwkv', ...common, rescale_every: 0 },
      ends: { 'rwkv.embeddings.weight': table, 'head.weight': table },
      named: (name: string) => name.replace('_backbone.', 'rwkv.'),
    },
  ])('of $name compute the same', async ({ backbone, config, ends, named }) => {
    const values = backbone.init(RandomStream.fromSeed(5));
    const parameters = toTensors(values);
    const expected = tf.tidy(() => {
      const embedding = tf.tensor2d(table.values, [rows, d_model]);
      const stream = tf.gather(embedding, tf.tensor([ids], undefined, 'int32'));
      const hidden = backbone.norm(parameters, backbone.forward(parameters, stream));
      return tf.matMul(tf.reshape(hidden, [ids.length, d_model]), embedding, false, true);
    });
    const renamed = Object.entries(values).map(([name, value]) => [named(name), value] as const);
    const tensors = { ...Object.fromEntries(renamed), ...ends };
    const model = await loadLanguageModel(sourceOf(config, tensors));
    const ours = await model.logits(ids, 4);
    expect(relativeError(ours, await expected.data())).toBeLessThan(1e-5);
    model.dispose();
    tf.dispose([expected, ...Object.values(parameters)]);
  });
});
