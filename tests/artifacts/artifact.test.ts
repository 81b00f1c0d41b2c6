import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseArtifact } from '../../src/artifacts/artifact.ts';

const key = 'a'.repeat(64);
const valid = {
  schema: 1,
  id: 'skewed-linear-regression',
  preset: 'small',
  data: { mean: [0.5] },
  provenance: {
    key,
    commit: 'f'.repeat(40),
    dirty: false,
    command: 'npm run lab -- run',
    parameters: { d: 5 },
    seeds: [1, 2],
    inputs: { 'train/mamba-1': { key, backend: 'wasm', adapter: 'cpu', seconds: 9, commit: '' } },
    runtime: { backend: 'wasm', adapter: 'cpu', software: false, node: 'v26', packages: {} },
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 12.5,
  },
};
const dataSchema = z.strictObject({ mean: z.array(z.number()) });

describe('parseArtifact', () => {
  it('returns a valid artifact unchanged, through JSON', () => {
    expect(parseArtifact(JSON.parse(JSON.stringify(valid)), dataSchema)).toEqual(valid);
  });

  it.each([
    ['another schema version', { ...valid, schema: 2 }, /→ at schema/],
    ['an unknown preset', { ...valid, preset: 'tiny' }, /→ at preset/],
    ['data of another experiment', { ...valid, data: { mean: ['x'] } }, /→ at data\.mean\[0\]/],
    ['a number lost to JSON (NaN)', { ...valid, data: { mean: [null] } }, /→ at data\.mean\[0\]/],
    ['an unknown field', { ...valid, extra: 1 }, /extra/],
    [
      'a key that is no hash',
      { ...valid, provenance: { ...valid.provenance, key: 'abc' } },
      /sha256.*\n.*→ at provenance\.key/,
    ],
    ['no provenance', { ...valid, provenance: undefined }, /→ at provenance/],
  ])('names the path and the remedy for %s', (_, json, message) => {
    expect(() => parseArtifact(json, dataSchema, 'x.json')).toThrow(message);
    expect(() => parseArtifact(json, dataSchema, 'x.json')).toThrow(/^x\.json: .*[^]*npm run lab/);
  });
});
