import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { folderSource } from '../../checkpoints/node/folder.ts';
import type { Source } from '../../checkpoints/source.ts';
import { loadLanguageModel } from '../../language/model.ts';
import { parseJson } from '../../artifacts/json.ts';
import { relativeError } from '../../numerics/relative-error.ts';
import { TOLERANCE } from './compare.ts';
import type { Check } from './compare.ts';
import { variantsOf } from './variants.ts';

const golden = z.object({
  /** [B L] */
  ids: z.array(z.array(z.int()).min(1)).min(1),
  /** [B L V] */
  logits: z.array(z.array(z.array(z.number()))),
});

/** Tokens of a piece: longer than a convolution, and no divisor of the golden lengths. */
const PIECE = 5;

/**
 * Logits of a checkpoint in each form: of every prompt in one pass; as it is, also in pieces and token by token. With
 * weights in 16 bits, beside the same weights in float32.
 */
export async function checkLanguage(folder: string): Promise<Check[]> {
  const path = join(folder, 'golden.json');
  const about = { path, expected: 'ids and their logits', remedy: 'restore it' };
  const { ids, logits } = parseJson(readFileSync(path, 'utf8'), golden, about);
  const expected = Float32Array.from(logits.flat(2));
  const checks: Check[] = [];
  const add = (what: string, ours: Float32Array, of: Float32Array): void => {
    const error = relativeError(ours, of);
    checks.push({ tensor: `logits, ${what}`, relativeError: error, tolerance: TOLERANCE.forward });
  };
  for (const { name, source, reference } of await variantsOf(folder))
    add(name, await logitsOf(source, ids), reference ? await logitsOf(reference, ids) : expected);
  const own = folderSource(folder);
  add('in pieces', await logitsOf(own, ids, PIECE), expected);
  add('token by token', await logitsOf(own, ids, 1), expected);
  return checks;
}

async function logitsOf(
  source: Source,
  prompts: readonly (readonly number[])[],
  pieceLength?: number,
): Promise<Float32Array> {
  const model = await loadLanguageModel(source);
  try {
    const all: number[] = [];
    for (const prompt of prompts) all.push(...(await model.logits(prompt, pieceLength)));
    return Float32Array.from(all);
  } finally {
    model.dispose();
  }
}
