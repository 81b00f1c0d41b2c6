import { RENEWED } from '../components/client/renewed.ts';
import type { Experiment } from '../lab/experiment.ts';
import { runtimeRecord } from '../runtime/runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { FromWorker, Job, ToWorker } from './messages.ts';
import type { Offers } from './offer.ts';
import { Checkpoints, forget } from './opfs.ts';
import { runNodes } from './run-nodes.ts';
import type { Device, Place } from './run-nodes.ts';
import { download, openFiles, parseJson } from './site-files.ts';

const EXPERIMENTS = import.meta.glob<{ experiment: Experiment }>('#experiments/*.ts');
const LONGEST_MS = 300_000;

const emit = (event: FromWorker): void => {
  postMessage(event);
};

async function load(id: string): Promise<Experiment> {
  const found = Object.entries(EXPERIMENTS).find(([path]) => path.endsWith(`/${id}.ts`));
  if (!found) throw new Error(`This site has no code of ${id}. ${RENEWED}`);
  return (await found[1]()).experiment;
}

/** Every wait for a file has an end. */
const fetchInTime = (url: string): Promise<Response> =>
  fetch(url, { signal: AbortSignal.timeout(LONGEST_MS) });

const processor: Device = {
  record: {
    backend: 'cpu',
    adapter: `${navigator.hardwareConcurrency}-thread processor`,
    software: false,
    packages: {},
  },
  reason: 'it computes on no tensors',
  check: () => {},
};

let runtime: Promise<Runtime> | undefined;

/** Reads of a device that is lost end in a DOMException, often before the word of its loss. */
const isLost = (error: unknown): boolean =>
  error instanceof DOMException || (error instanceof Error && error.message.includes('a lost one'));

async function open(tensors: boolean, backend: Job['backend']): Promise<Device> {
  if (!tensors) return processor;
  const { openLiveRuntime } = await import('./live-runtime.ts');
  runtime ??= openLiveRuntime(backend, fetchInTime);
  const opened = await runtime;
  return { record: runtimeRecord(opened), reason: opened.reason, check: opened.check };
}

/** Lets the event loop turn, without the delay of timers. */
const turned = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => resolve(), { once: true });
    port1.start();
    port2.postMessage(undefined);
  });

const known = new Map<string, Promise<Offers>>();

function offersAt(url: string): Promise<Offers> {
  const read = async (): Promise<Offers> =>
    parseJson(await download({ fetch: fetchInTime }, url), url) as Offers;
  const found = known.get(url) ?? read();
  known.set(url, found);
  found.catch(() => known.delete(url));
  return found;
}

let checkpoints: Checkpoints | undefined;
let files: Place['files'] | undefined;
let underWay: { stop: AbortController; resumable: boolean } | undefined;
let held: { until: Promise<void>; release: () => void } | undefined;

function hold(): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  held ??= { until: promise, release: resolve };
}

function release(): void {
  held?.release();
  held = undefined;
}

/** Browsers say in different words that a module did not load; all of them say import. */
function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof TypeError && /import/i.test(message)
    ? `Part of its code did not arrive (${message}). ${RENEWED}`
    : message;
}

async function run(job: Job): Promise<void> {
  const mine = { stop: new AbortController(), resumable: false };
  underWay = mine;
  release();
  const kept = (checkpoints ??= new Checkpoints(job));
  files ??= openFiles({ fetch: fetchInTime }, job.site);
  const { signal } = mine.stop;
  try {
    await runNodes(job, {
      load,
      offers: offersAt,
      files,
      signal,
      emit,
      userAgent: navigator.userAgent,
      open: (tensors) => open(tensors, job.backend),
      checkpoint: (name) => kept.of(name),
      resumable: (can) => (mine.resumable = can),
      async turn() {
        await turned();
        await held?.until;
      },
    });
    await forget(job);
    emit({ type: 'done' });
  } catch (error) {
    if (signal.aborted && error === signal.reason) emit({ type: 'paused', saved: true });
    else if (isLost(error)) emit({ type: 'lost', message: inWords(error) });
    else emit({ type: 'failed', message: inWords(error) });
  }
}

/** A node that can go on from a checkpoint saves one and ends, so that it outlives the page; another one is held. */
function pause(): void {
  if (underWay?.resumable) return underWay.stop.abort(new Error('paused'));
  hold();
  emit({ type: 'paused', saved: false });
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'run') void run(data.job);
  else if (data.type === 'pause') pause();
  else if (data.type === 'hold') hold();
  else release();
});
