import { expect, test } from 'vitest';
import { attestedBriefly, provenanceFacts } from '../../../src/components/provenance/provenance.ts';
import type { Provenance } from '../../../src/artifacts/artifact.ts';

const PROVENANCE: Provenance = {
  key: 'b'.repeat(64),
  commit: 'c0ffee',
  dirty: false,
  command: 'lab run',
  parameters: {},
  seeds: [],
  inputs: {},
  runtime: { backend: 'cpu', adapter: 'x', software: false, packages: {} },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 1,
};
const at = '2026-01-02T00:00:00Z';
const code = 'c'.repeat(64);
const input = { key: 'a'.repeat(64), backend: 'wasm', adapter: 'x', seconds: 1 } as const;
const replay = { commit: '2222222222', at, code, steps: 700, of: 12_000, adapter: 'x' };

const inputs = {
  a: { ...input, commit: '1111111111', attested: [{ ...replay, relativeError: 0 }] },
  b: { ...input, commit: '4444444444', attested: [{ ...replay, relativeError: 0 }] },
  c: {
    ...input,
    commit: '1111111111',
    attested: [
      {
        ...replay,
        last: 1500,
        relativeError: 0.0012,
        evaluated: { curves: 16, relativeError: 4.6e-7 },
      },
    ],
  },
  d: { ...input, commit: '', attested: [{ commit: '3', at, code, results: 3 }] },
  e: { ...input, commit: '1111111111' },
};

const valuesOf = (provenance: Provenance, term: string): string[] | undefined =>
  provenanceFacts(provenance).find((fact) => fact.term === term)?.values;

test('evidence is told by who made a result, who computed what again, and how closely', () => {
  expect(valuesOf({ ...PROVENANCE, inputs }, 'Evidence, not proof')).toEqual([
    '2 made by code of 1111111, 4444444: code of 2222222 computed the first 700 of 12,000 steps again, to the bit',
    '1 made by code of 1111111: code of 2222222 computed the first 700 of 12,000 steps and the last 1,500 again, ' +
      'off by 1.2e-3 at most, and evaluated its weights to the same curves, off by 4.6e-7 at most',
    '1 made by code of no commit: code of 3 gave others of the same code again',
  ]);
  expect(valuesOf(PROVENANCE, 'Evidence, not proof')).toBeUndefined();
  expect(Object.values(inputs).map(attestedBriefly)).toEqual([
    '700 of 12,000 steps',
    '700 of 12,000 steps',
    '700 of 12,000 steps',
    '3 others of its code',
    '',
  ]);
});

test('files read are told with their terms, apart from what was computed elsewhere', () => {
  const elsewhere = { sha256: code, command: 'python a.py', environment: 'PyTorch 2' };
  const data = {
    'a.csv': { origin: 'a table', licence: 'CC0-1.0' },
    'b.bin': {},
    'c.csv': { elsewhere },
  };
  expect(valuesOf({ ...PROVENANCE, data }, 'Files read')).toEqual([
    'a.csv: a table, CC0-1.0',
    'b.bin',
  ]);
  expect(valuesOf({ ...PROVENANCE, data }, 'Computed elsewhere')).toEqual([
    'c.csv: by python a.py in PyTorch 2',
  ]);
});
