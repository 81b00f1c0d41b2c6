import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/lab/hash.ts';
import { LockFile, keyOf } from '../../src/lab/lock.ts';
import type { Receipt } from '../../src/lab/portable/receipt.ts';
import { refusal } from '../../src/lab/receipts.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';

const workspace = openWorkspace(join(import.meta.dirname, '..', '..'));
const NODE = 'evaluate/mamba-1';
const entry = (await LockFile.open(workspace, 'small')).get(
  `skewed-linear-regression.small/${NODE}`,
)!;
const [path] = Object.keys(entry.published);
const curves = await readFile(join(workspace.public, path!), 'utf8');

const receiptOf = (text: string, own: Partial<Receipt> = {}): Receipt => ({
  receipt: 2,
  experiment: 'skewed-linear-regression',
  preset: 'small',
  node: NODE,
  key: keyOf(entry.parts),
  changed: {},
  runtime: { backend: 'wasm', adapter: 'test', software: false, packages: {} },
  userAgent: 'test',
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  outputs: { 'curves.json': sha256(text) },
  files: { 'curves.json': text },
  verdict: { kind: 'same' },
  ...own,
});

const [, first] = /"mean":\[([^,]+),/.exec(curves)!;
const altered = (by: number) => curves.replace(first!, String(Number(first) * by));

test('what the record says is accepted, whole or less of it', async () => {
  expect(await refusal(workspace, receiptOf(curves))).toBeUndefined();
  const { parameters } = entry.parts as unknown as { parameters: { batch: number } };
  const changed = { prompts: parameters.batch } as Receipt['changed'];
  const parsed = JSON.parse(curves) as Record<string, { mean: number[]; firstBatch: number[] }>;
  const less = Object.entries(parsed).map(([name, curve]) => [
    name,
    { ...curve, mean: curve.firstBatch, prompts: parameters.batch },
  ]);
  const text = JSON.stringify(Object.fromEntries(less));
  expect(await refusal(workspace, receiptOf(text, { changed }))).toBeUndefined();
  expect(await refusal(workspace, receiptOf(text))).toMatch(/of curves\.json is/);
});

test.each([
  [
    'other numbers',
    receiptOf(altered(1.5)),
    /training\.mean\[0\] of curves\.json is .*recorded as/,
  ],
  ['a verdict that its numbers do not give', receiptOf(altered(1 + 1e-7)), /says same.*is within/],
  [
    'text of another hash',
    receiptOf(curves, { outputs: { 'curves.json': 'a'.repeat(64) } }),
    /hash/,
  ],
  [
    'another result',
    receiptOf(curves, { key: 'b'.repeat(64) }),
    /another result \(key bbbbbbbbbbbb…/,
  ],
  ['parameters of the reader’s own', receiptOf(curves, { changed: { seed: 3 } }), /reader’s own/],
  [
    'a node that is not there',
    receiptOf(curves, { node: 'evaluate/nothing' }),
    /no page runs this/,
  ],
])('%s is refused', async (_, receipt, reason) => {
  expect(await refusal(workspace, receipt)).toMatch(reason);
});
