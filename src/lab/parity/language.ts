import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { folderSource } from '../../checkpoints/node/folder.ts';
import { loadLanguageModel } from '../../language/model.ts';
import { parseJson } from '../json.ts';
import { relativeError } from '../../numerics/relative-error.ts';
import { TOLERANCE } from './compare.ts';
import type { Check } from './compare.ts';

const golden = z.object({
  /** [B L] */
  ids: z.array(z.array(z.int()).min(1)).min(1),
  /** [B L V] */
  logits: z.array(z.array(z.array(z.number()))),
});

/** Logits of a checkpoint: of each prompt in one pass, and token by token. */
export async function checkLanguage(folder: string): Promise<Check[]> {
  const path = join(folder, 'golden.json');
  const about = { path, expected: 'ids and their logits', remedy: 'restore it' };
  const { ids, logits } = parseJson(readFileSync(path, 'utf8'), golden, about);
  const model = await loadLanguageModel(folderSource(folder));
  try {
    const expected = Float32Array.from(logits.flat(2));
    const check = async (tensor: string, pieceLength?: number): Promise<Check> => {
      const ours: number[] = [];
      for (const prompt of ids) ours.push(...(await model.logits(prompt, pieceLength)));
      return {
        tensor,
        relativeError: relativeError(ours, expected),
        tolerance: TOLERANCE.forward,
      };
    };
    return [await check('logits'), await check('logits, token by token', 1)];
  } finally {
    model.dispose();
  }
}
