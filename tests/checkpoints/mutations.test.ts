import { describe, expect, it } from 'vitest';
import { BIN, type Format, type Outcome, PICKLE, SAFE, tryMutation } from './mutations.ts';

async function outcomes(format: Format): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for (let seed = 0; seed < 200; seed++) all.push(await tryMutation(format, seed));
  return all;
}

// Ten thousand of each: node tests/mutate-checkpoints.ts
describe('two hundred damaged files', () => {
  it.each([
    ['safetensors', SAFE],
    ['.bin', BIN],
    ['.bin, its pickle damaged before its checksum was made,', PICKLE],
  ])('of %s are refused, or read as what they say', async (_, format) => {
    const all = await outcomes(format);
    const refused = all.filter(({ kind }) => kind === 'refused');
    expect(refused.length).toBeGreaterThan(100);
    expect(refused.length).toBeLessThan(200);
    expect(new Set(refused.map(({ message }) => message)).size).toBeGreaterThan(50);
    // All reads together, and the tensors, in sizes of the file.
    expect(Math.max(...all.map(({ read }) => read))).toBeLessThanOrEqual(2);
    expect(Math.max(...all.map(({ made }) => made))).toBeLessThanOrEqual(1);
  });
});
