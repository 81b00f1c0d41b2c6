import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

/** The fixture of Mamba with as many rows as a tokenizer of bytes needs, all but its own the same. */
function modelFolder(repository: Repository): string {
  const folder = repository.path('model');
  cpSync(join(FIXTURES, 'language/mamba'), folder, { recursive: true });
  const words = Array.from({ length: 97 }, (_, i) => String.fromCharCode(32 + i));
  const vocab = Object.fromEntries(words.map((word, i) => [word === ' ' ? 'Ġ' : word, i]));
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: false,
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', vocab, merges: [] },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  return folder;
}

describe('lab generate and lab score', () => {
  it.each([
    ['no model', ['generate', 'text'], /--model: expected a folder or owner\/name/],
    ['no prompt', ['generate', '--model', 'x'], /expected one prompt, in quotes, got 0/],
    ['a prompt without quotes', ['generate', '--model', 'x', 'a', 'b'], /in quotes, got 2/],
    ['no token', ['generate', '--model', 'x', '--max-tokens', '0', 'a'], /--max-tokens: expected/],
    [
      'cold',
      ['generate', '--model', 'x', '--temperature', 'hot', 'a'],
      /--temperature: expected a/,
    ],
    [
      'top without heat',
      ['generate', '--model', 'x', '--top-k', '3', 'a'],
      /--temperature above 0/,
    ],
    ['no continuation', ['score', '--model', 'x', 'a'], /at least one continuation, .* got 1/],
  ])('answer %s with the usage and exit status 2', async (_, args, message) => {
    const { code, output } = await new Repository().lab(args);
    expect(output).toMatch(message);
    expect(output).toMatch(/usage: npm run lab -- (generate|score) --model FOLDER/);
    expect(code).toBe(2);
  });

  it.each([
    ['./nowhere', /\.\/nowhere: expected a folder, owner\/name or owner\/name@revision, got none/],
    ['src', /src\/config\.json: expected a file, got none; check the folder/],
  ])('say what is wrong with the model %s', async (model, message) => {
    const { code, output } = await new Repository().lab(['generate', '--model', model, 'text']);
    expect(output).toMatch(message);
    expect(code).toBe(1);
  });

  it('write the same text for the same seed, and score what was written', async () => {
    const repository = new Repository();
    const model = modelFolder(repository);
    const ask = async (...args: string[]): Promise<string> => {
      const { code, output } = await repository.lab([
        ...args,
        '--model',
        model,
        '--backend',
        'wasm',
      ]);
      expect(code, output).toBe(0);
      return output;
    };
    const drawn = [
      'generate',
      'Ask me',
      '--max-tokens',
      '8',
      '--temperature',
      '1',
      '--top-k',
      '20',
    ];
    const [one, again, other] = [
      await ask(...drawn, '--seed', '3'),
      await ask(...drawn, '--seed', '3'),
      await ask(...drawn, '--seed', '4'),
    ];
    const textOf = (output: string): string => output.split('\n')[0]!;
    expect(textOf(one)).toMatch(/^Ask me./);
    expect(textOf(again)).toBe(textOf(one));
    expect(textOf(other)).not.toBe(textOf(one));
    expect(one).toMatch(/6 tokens read in [\d.]+ s, 8 written, [\d.]+ a second, on wasm/);
    const scored = await ask('score', '--json', 'Ask', ' me', ' no');
    const rows = JSON.parse(scored.slice(scored.indexOf('['))) as { logProbability: number }[];
    expect(rows).toHaveLength(2);
    expect(rows.every(({ logProbability }) => logProbability < 0)).toBe(true);
  });
});
