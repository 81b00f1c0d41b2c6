import { beforeEach, expect, test } from 'vitest';
import type { FromWorker, Job, Made } from '../../src/demos/messages.ts';
import type { Offers, Served } from '../../src/demos/offer.ts';
import { runNodes } from '../../src/demos/run-nodes.ts';
import type { Place } from '../../src/demos/run-nodes.ts';
import { openFiles } from '../../src/demos/site-files.ts';
import { node } from '../../src/lab/experiment.ts';
import type { Experiment, NodeContext } from '../../src/lab/experiment.ts';
import type { Saved } from '../../src/lab/portable/context.ts';
import { digest } from '../../src/lab/portable/digest.ts';
import { receipt } from '../../src/lab/portable/receipt.ts';

const SITE = 'http://site/base/';
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Counts up to `n`, from where it was stopped, and adds what `before` counted. */
async function count({ parameters, inputs, seed, progress, signal, checkpoint }: NodeContext) {
  const { n } = parameters as { n: number };
  const before = inputs['before']?.files['count.json'];
  const start = before ? (JSON.parse(new TextDecoder().decode(before)) as number[]) : [seed];
  let at = (await checkpoint.load())?.[0] ?? 0;
  while (at < n) {
    at += 1;
    await progress({ step: at, steps: n });
    if (signal.aborted) await checkpoint.save(Uint8Array.of(at));
    signal.throwIfAborted();
  }
  return { 'count.json': text([...start, at]) };
}

const counts = (id: string, inputs = {}) =>
  node({
    id,
    module: 'nowhere',
    run: count,
    parameters: { n: 3 },
    seed: 7,
    inputs,
    page: {
      work: ({ n }: { n: number }) => n,
      recorded: ({ n }: { n: number }, { outputs }) =>
        n < 3 ? { 'count.json': text([7, n]) } : outputs,
    },
  });

const experiment = {
  id: 'counting',
  presets: { small: {} },
  graph: () => counts('second', { before: counts('first') }),
} as unknown as Experiment;

let files: Record<string, BodyInit>;
let offers: Offers;
let saved: Map<string, Saved>;

async function serve(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Served> {
  files[`${SITE}${path}`] = bytes;
  return { path, sha256: await digest(bytes), bytes: bytes.length };
}

beforeEach(async () => {
  files = {};
  saved = new Map();
  const first = { 'count.json': await serve('weights/first.json', text([7, 3])) };
  const second = { 'count.json': await serve('weights/second.json', text([7, 3, 3])) };
  const rest = { seconds: 1, device: 'x', tensors: false, tolerance: 0.1, data: {} };
  offers = {
    first: { key: 'a'.repeat(64), ...rest, inputs: {}, outputs: first },
    second: { key: 'b'.repeat(64), ...rest, inputs: { before: first }, outputs: second },
  };
});

async function run(steps: Job['steps'], own: Partial<Place & Pick<Job, 'key'>> = {}) {
  const events: FromWorker[] = [];
  const key = own.key ?? offers[steps[0]!.node]!.key.slice(0, 12);
  const source = {
    fetch: (url: string) => {
      const body = files[url];
      return Promise.resolve(
        body === undefined ? new Response('', { status: 404 }) : new Response(body),
      );
    },
  };
  await runNodes(
    { experiment: 'counting', preset: 'small', site: SITE, key, steps },
    {
      offers: () => Promise.resolve(offers),
      load: () => Promise.resolve(experiment),
      files: openFiles(source, SITE),
      open: () =>
        Promise.resolve({
          record: { backend: 'cpu', adapter: 'test', software: false, packages: {} },
          reason: 'it is there',
          check: () => {},
        }),
      checkpoint: (name) => ({
        load: () => Promise.resolve(saved.get(name)),
        save: (one) => Promise.resolve(void saved.set(name, one)),
      }),
      signal: new AbortController().signal,
      turn: () => Promise.resolve(),
      resumable: () => {},
      emit: (event) => events.push(event),
      userAgent: 'test',
      ...own,
    },
  );
  return events.flatMap((event): Made[] => (event.type === 'made' ? [event.made] : []));
}

test('a node gives the recorded bytes, and a receipt says so', async () => {
  const [made] = await run([{ node: 'second', changed: {} }]);
  expect(made).toMatchObject({ node: 'second', verdict: { kind: 'same' } });
  const record = receipt.parse(JSON.parse(made!.receipt!));
  expect(record.outputs['count.json']).toBe(await digest(text([7, 3, 3])));
});

test('less of it is held against what the record says of that; the reader’s own against nothing', async () => {
  const [less] = await run([{ node: 'first', changed: { n: 2 } }]);
  expect(less?.verdict).toEqual({ kind: 'same' });
  const [own] = await run([{ node: 'first', changed: { seed: 8 } }]);
  expect(own).toEqual({ node: 'first', seconds: own?.seconds, files: { 'count.json': '[8,3]' } });
});

test('nodes in order hand on what they made; what is not as recorded makes the next the reader’s own', async () => {
  const both = await run([
    { node: 'first', changed: {} },
    { node: 'second', changed: {} },
  ]);
  expect(both.map(({ verdict }) => verdict?.kind)).toEqual(['same', 'same']);
  const own = await run([
    { node: 'first', changed: { n: 2 } },
    { node: 'second', changed: {} },
  ]);
  expect(own[1]?.files['count.json']).toBe('[7,2,3]');
  expect(own.map(({ verdict }) => verdict?.kind)).toEqual(['same', undefined]);
});

test('a run that is stopped goes on from there, under the same parameters only', async () => {
  const stop = new AbortController();
  const stopped = run([{ node: 'first', changed: {} }], {
    signal: stop.signal,
    emit: (event) => {
      if (event.type === 'progress' && event.step === 2) stop.abort(new Error('paused'));
    },
  });
  await expect(stopped).rejects.toThrow('paused');
  const steps: number[] = [];
  const emit = (event: FromWorker) => void (event.type === 'progress' && steps.push(event.step));
  await run([{ node: 'first', changed: {} }], { emit });
  expect(steps).toEqual([3]);
  await run([{ node: 'first', changed: { n: 2 } }], { emit });
  expect(steps).toEqual([3, 1, 2]);
});

test('other numbers than the recorded ones are told apart', async () => {
  const other = await serve('weights/first.json', text([7, 4]));
  offers['first']!.outputs = { 'count.json': other };
  const [made] = await run([{ node: 'first', changed: {} }]);
  expect(made?.verdict).toMatchObject({ kind: 'differs', worst: { at: '[1]', here: 3, there: 4 } });
});

test('bytes that are not those of the record, and files that do not come, are refused with their address', async () => {
  files[`${SITE}weights/first.json`] = text([7, 9]);
  await expect(run([{ node: 'second', changed: {} }])).rejects.toThrow(
    /weights\/first\.json are not those of the record \(sha256 .*reload/,
  );
  delete files[`${SITE}weights/first.json`];
  await expect(run([{ node: 'second', changed: {} }])).rejects.toThrow(
    /weights\/first\.json did not arrive \(status 404\)/,
  );
});

test('results newer than the page are refused', async () => {
  await expect(run([{ node: 'first', changed: {} }], { key: 'c'.repeat(12) })).rejects.toThrow(
    /counting\.small\.json are not those that this page shows.*reload/,
  );
});
