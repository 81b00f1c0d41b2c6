import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderSource } from '../../src/checkpoints/node/folder.ts';
import { openTokenizer } from '../../src/checkpoints/tokenizer.ts';
import { FIXTURES, MemorySource, shared } from './memory.ts';

const FOLDER = join(FIXTURES, 'sharded');

interface Golden {
  text: string;
  ids: number[];
  decoded: string;
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

describe('a tokenizer', () => {
  it("gives the ids and texts of the library in Rust, on GPT-NeoX's rules", async () => {
    const tokenizer = await openTokenizer(folderSource(FOLDER));
    for (const { text, ids, decoded } of read(join(FOLDER, 'tokenizer.golden.json')) as Golden[]) {
      expect(tokenizer.encode(text), text).toEqual(ids);
      expect(tokenizer.decode(ids), text).toBe(decoded);
    }
    expect(tokenizer.size).toBe(403);
    expect(tokenizer.id('<|endoftext|>')).toBe(0);
    expect(tokenizer.id('no such token')).toBeUndefined();
  });

  it.skipIf(shared('tokenizers') === undefined)(
    'of GPT-NeoX gives all its golden ids',
    async () => {
      const folder = shared('tokenizers')!;
      const tokenizer = await openTokenizer(folderSource(folder), '20B_tokenizer.json');
      const golden = read(join(folder, 'tok_golden.json')) as { t: string; ids: number[] }[];
      for (const { t, ids } of golden) {
        expect(tokenizer.encode(t), t).toEqual(ids);
        expect(tokenizer.decode(ids), t).toBe(t.normalize('NFC'));
      }
      expect([golden.length, golden.flatMap(({ ids }) => ids).length]).toEqual([11, 2837]);
      expect(tokenizer.size).toBe(50277);
    },
  );

  it('adds no tokens at start or end, whatever its file asks for', async () => {
    const rules = read(join(FOLDER, 'tokenizer.json')) as Record<string, unknown>;
    const special = {
      '<|endoftext|>': { id: '<|endoftext|>', ids: [0], tokens: ['<|endoftext|>'] },
    };
    const [start, text] = [
      { SpecialToken: { id: '<|endoftext|>', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
    ];
    const post = {
      type: 'TemplateProcessing',
      single: [start, text],
      pair: [],
      special_tokens: special,
    };
    const source = new MemorySource({
      'tokenizer.json': JSON.stringify({ ...rules, post_processor: post }),
    });
    expect((await openTokenizer(source)).encode('the')).toEqual([85, 265]);
  });

  it('reads ids that its model has and it has not as the error they are', async () => {
    const tokenizer = await openTokenizer(folderSource(FOLDER));
    expect(() => tokenizer.decode([0, 403])).toThrow(
      /tokenizer\.json: expected ids among its 403, got 403; use/,
    );
  });

  it.each([
    [
      '{"model":{"type":"Telepathy"}}',
      /tokenizer\.json: expected a tokenizer, got .*; take a tokenizer.json of/,
    ],
    ['<html>', /got a web page/],
  ])('refuses %s', async (text, message) => {
    await expect(openTokenizer(new MemorySource({ 'tokenizer.json': text }))).rejects.toThrow(
      message,
    );
  });
});
