import { describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../src/checkpoints/config.ts';
import { MemorySource } from './memory.ts';

const config = (text: string | Uint8Array): Promise<Config> =>
  readConfig(new MemorySource({ 'config.json': text }));

describe('config.json', () => {
  it('gives values of the kind asked for, or what stands for absent and null ones', async () => {
    const read = await config('{"n":3,"eps":1e-5,"tie":false,"act":"silu","inner":null}');
    expect(read.count('n')).toBe(3);
    expect(read.number('eps')).toBe(1e-5);
    expect(read.boolean('tie', { missing: true })).toBe(false);
    expect(read.boolean('tie_word_embeddings', { missing: true })).toBe(true);
    expect(read.text('act')).toBe('silu');
    expect(read.count('inner', { missing: 12 })).toBe(12);
    expect(read.ignored).toEqual([]);
  });

  it('reports stale duplicates that disagree, once', async () => {
    const read = await config(
      '{"d_model":2048,"hidden_size":1536,"n_layer":48,"num_hidden_layers":48}',
    );
    expect(read.count('hidden_size', { aliases: ['d_model', 'n_embd'] })).toBe(1536);
    expect(read.count('hidden_size', { aliases: ['d_model', 'n_embd'] })).toBe(1536);
    expect(read.count('num_hidden_layers', { aliases: ['n_layer'] })).toBe(48);
    expect(read.ignored).toEqual([{ key: 'd_model', value: 2048, why: 'hidden_size says 1536' }]);
  });

  it('uses another name where the first is absent', async () => {
    const read = await config('{"d_model":768,"n_embd":5}');
    expect(read.count('hidden_size', { aliases: ['d_model', 'n_embd'] })).toBe(768);
    expect(read.ignored).toEqual([{ key: 'n_embd', value: 5, why: 'd_model says 768' }]);
  });

  it('reports keys that are there twice, of which the last counts', async () => {
    const read = await config('{"a":{"b":1,"b":2},"n":1,"t":"\\"n\\":","n":2}');
    expect(read.count('n')).toBe(2);
    expect(read.ignored.map(({ key }) => key)).toEqual(['n']);
  });

  it('reads what Python writes for infinite values, and nothing of that in texts', async () => {
    const read = await config(
      '{"limit":[0.0,Infinity],"low":-Infinity,"x":NaN,"s":"NaN Infinity"}',
    );
    expect(read.values['limit']).toEqual([0, Infinity]);
    expect(read.number('low')).toBe(-Infinity);
    expect(read.number('x')).toBeNaN();
    expect(read.text('s')).toBe('NaN Infinity');
  });

  it('knows the architecture by its type or its class', async () => {
    expect((await config('{"model_type":"gpt_neox"}')).architecture).toBe('gpt_neox');
    expect((await config('{"architectures":["MambaForCausalLM"]}')).architecture).toBe('mamba');
    const neither = await config('{"d_model":768,"n_layer":24}');
    expect(() => neither.architecture).toThrow(/expected a model_type, got none; add one/);
  });

  it('names key, file and remedy where a value is missing or of another kind', async () => {
    const read = await config('{"n":"3","m":2.5,"eps":"small"}');
    const start = 'memory/config.json: expected';
    expect(() => read.count('n')).toThrow(`${start} a count for n, got \\"3\\"; correct it`);
    expect(() => read.count('m', { aliases: ['k'] })).toThrow(
      `${start} a count for m or k, got 2.5`,
    );
    expect(() => read.number('eps')).toThrow(`${start} a number for eps, got`);
    expect(() => read.text('none')).toThrow(`${start} a text for none, got none`);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['a web page', '<!doctype html>\n<title>Sign in</title>', /got a web page; sign in/],
    ['a web page after a byte order mark', '\uFEFF<html>', /got a web page/],
    ['a pointer', 'version https://git-lfs.github.com/spec/v1\n', /got a Git LFS pointer/],
    [
      'half of it',
      '{"hidden_size": 76',
      /expected JSON, got "\{\\"hidden_size\\": 76"; download the file again/,
    ],
    ['a list', '[1]', /expected a JSON object, got "\[1\]"/],
    ['endless depth', '['.repeat(200_000), /expected JSON/],
    ['no text', Uint8Array.of(0x7b, 0xff, 0x7d), /expected text in UTF-8/],
  ])('refuses %s in its place', async (_, text, message) => {
    await expect(config(text)).rejects.toThrow(message);
  });
});
