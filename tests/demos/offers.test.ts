import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { FromWorker } from '../../src/demos/messages.ts';
import { offered, offersOf } from '../../src/demos/offers.ts';
import { runNodes } from '../../src/demos/run-nodes.ts';
import { openFiles } from '../../src/demos/site-files.ts';
import { findExperiment } from '../../src/lab/catalog.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('a paper of another field offers its own node, which gives the recorded bytes', async () => {
  const workspace = openWorkspace(join(ROOT, 'examples', 'penguins'));
  const offers = offersOf(await offered(workspace, 'claims', 'small'));
  expect(Object.keys(offers)).toEqual(['ledger']);
  const events: FromWorker[] = [];
  const fetch = async (url: string) => new Response(await readFile(new URL(url)));
  const site = `${pathToFileURL(workspace.public).href}/`;
  const { key } = offers['ledger']!;
  await runNodes(
    { experiment: 'claims', preset: 'small', site, key, steps: [{ node: 'ledger', changed: {} }] },
    {
      load: (id) => findExperiment(workspace, id),
      offers: () => Promise.resolve(offers),
      files: openFiles({ fetch }, site),
      open: () =>
        Promise.resolve({
          record: { backend: 'cpu', adapter: 'test', software: false, packages: {} },
          reason: 'it is there',
          check: () => {},
        }),
      checkpoint: () => ({ load: () => Promise.resolve(undefined), save: () => Promise.resolve() }),
      signal: new AbortController().signal,
      turn: () => Promise.resolve(),
      resumable: () => {},
      emit: (event) => events.push(event),
      userAgent: 'test',
    },
  );
  const made = events.find((event) => event.type === 'made');
  expect(made?.made.verdict).toEqual({ kind: 'same' });
});

test('trainings and evaluations are offered with what they load, and nothing whose weights are not published', async () => {
  const workspace = openWorkspace(ROOT);
  const found = await offered(workspace, 'skewed-linear-regression', 'small');
  const kinds = new Set([...found.keys()].map((id) => id.split('/')[0]));
  expect(kinds).toEqual(new Set(['evaluate', 'train']));
  const { offer } = found.get('evaluate/mamba-1')!;
  expect(offer.tensors).toBe(true);
  expect(offer.inputs['training']?.['weights.safetensors']?.bytes).toBeGreaterThan(100_000);
  expect(await offered(workspace, 'scaling', 'small')).toEqual(new Map());
});
