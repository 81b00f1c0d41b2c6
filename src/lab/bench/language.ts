import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { elements } from '../../checkpoints/tensor.ts';
import type { TensorInfo } from '../../checkpoints/tensor.ts';
import type { TensorFile } from '../../checkpoints/tensors.ts';
import type { Network } from '../../language/network.ts';
import { logitsOf, pass, prefill } from '../../language/run.ts';
import type { Running } from '../../language/run.ts';
import { loadWeights, weightBytes } from '../../language/weights.ts';
import type { Weights } from '../../language/weights.ts';
import { RandomStream } from '../../numerics/random.ts';
import { copyBandwidth, processorBandwidth } from './bandwidth.ts';
import { publishedNetwork } from './language-shapes.ts';
import type { PublishedShape } from './language-shapes.ts';
import { median } from './measure.ts';
import { trackMemory } from './memory.ts';

/** Tokens of the prompt that is read, and of the one after which tokens are written. */
export const PROMPT = { read: 512, before: 64 };
/** Tokens that are written for each run that is asked for: one alone says little. */
const WRITTEN = 4;

type Numbers = Record<string, number>;

/** Reading a prompt in one go: tokens a second. */
export async function measurePrefill(shape: PublishedShape, runs: number): Promise<Numbers> {
  return withRandomWeights(shape, async (network, weights) => {
    const ids = [promptOf(network, PROMPT.read)];
    const { medianMs, processorMs } = await timed(Math.min(runs, 3), async () => {
      let logits: Tensor | undefined;
      const { state } = await prefill(network, weights, { ids, first: [0] }, (hidden) => {
        logits = logitsAtEnd(weights, hidden);
      });
      await logits?.data();
      tf.dispose([state, logits!]);
    });
    const rate = (ms: number): number => (1000 * PROMPT.read) / ms;
    return { medianMs, ...rates(rate, medianMs, processorMs) };
  });
}

/** Writing token by token: tokens a second, and how near that is to reading the weights as fast as memory can. */
export async function measureDecode(
  shape: PublishedShape,
  runs: number,
  gpu: GPUDevice | undefined,
): Promise<Numbers> {
  return withRandomWeights(shape, async (network, weights, file) => {
    const ids = [promptOf(network, PROMPT.before)];
    let running: Running = await prefill(network, weights, { ids, first: [0] }, () => {});
    const { medianMs, processorMs } = await timed(WRITTEN * runs, async () => {
      const { hidden, after } = pass(network, weights, [[1]], running);
      tf.dispose(running.state);
      running = after;
      const logits = logitsAtEnd(weights, hidden);
      await logits.data();
      tf.dispose([hidden, logits]);
    });
    tf.dispose(running.state);
    const bandwidth = gpu ? await copyBandwidth(gpu) : processorBandwidth();
    const bytes = bytesOfToken(file, network);
    const ms = processorMs ?? medianMs;
    return {
      medianMs,
      ...rates((each) => 1000 / each, medianMs, processorMs),
      megabytesOfToken: bytes / 1e6,
      copyGBPerSecond: bandwidth / 1e9,
      fractionOfRoof: bytes / (ms / 1000) / bandwidth,
    };
  });
}

/** By wall clock and, where the processor computes, by its own time, which other processes do not lengthen much. */
const rates = (rate: (ms: number) => number, medianMs: number, processorMs?: number): Numbers => ({
  tokensPerSecond: rate(medianMs),
  ...(processorMs !== undefined && { tokensPerProcessorSecond: rate(processorMs) }),
});

/** What a token reads: all weights, of the tables at most the head. */
function bytesOfToken(file: TensorFile, { needs }: Network): number {
  const { 'embedding.weight': table, ...others } = needs;
  const read = needs['head.weight'] ? others : { 'embedding.weight': table!, ...others };
  return weightBytes(file, read, 'stored').kept;
}

async function withRandomWeights(
  shape: PublishedShape,
  use: (network: Network, weights: Weights, file: TensorFile) => Promise<Numbers>,
): Promise<Numbers> {
  const memory = trackMemory();
  const network = publishedNetwork(shape);
  const file = randomFile(network);
  const weights = await loadWeights(file, network.needs, { format: 'stored' });
  try {
    const numbers = await use(network, weights, file);
    const peakBytes = memory?.peakBytes();
    return { ...numbers, ...(peakBytes !== undefined && { peakBytes }) };
  } finally {
    weights.dispose();
  }
}

const promptOf = ({ vocabulary }: Network, length: number): number[] =>
  Array.from({ length }, (_, i) => (i * 7919) % vocabulary);

const logitsAtEnd = (weights: Weights, hidden: Tensor): Tensor =>
  tf.tidy(() => {
    const [, length, size] = hidden.shape as [number, number, number];
    const last = tf.slice(hidden, [0, length - 1, 0], [1, 1, size]);
    return logitsOf(weights, tf.reshape(last, [1, size]));
  });

/** Medians; the first run compiles and is not counted. */
async function timed(
  runs: number,
  run: () => Promise<void>,
): Promise<{ medianMs: number; processorMs?: number }> {
  const wall: number[] = [];
  const processor: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const [start, used] = [performance.now(), process.threadCpuUsage()];
    await run();
    const { user, system } = process.threadCpuUsage(used);
    if (i === 0) continue;
    wall.push(performance.now() - start);
    processor.push((user + system) / 1000);
  }
  const isHere = tf.getBackend() === 'wasm';
  return { medianMs: median(wall), ...(isHere && { processorMs: median(processor) }) };
}

/** F16 weights of about ±0.01 to ±0.03. */
function randomFile({ architecture, needs }: Network): TensorFile {
  const random = RandomStream.fromSeed(0);
  const drawn = Uint16Array.from({ length: 2 ** 16 }, () => {
    const bits = random.uint32();
    return (bits & 0x83ff) | (0x2000 + ((bits >>> 16) & 0x400));
  });
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shape] of Object.values(needs).flatMap(({ from }) => from)) {
    tensors.set(name, { name, dtype: 'F16', shape, where: name, place: name });
  }
  const read: TensorFile['read'] = (name) => {
    const info = tensors.get(name)!;
    const bits = new Uint16Array(elements(info.shape));
    for (let at = 0; at < bits.length; at += drawn.length)
      bits.set(drawn.subarray(0, Math.min(drawn.length, bits.length - at)), at);
    return Promise.resolve({ ...info, bytes: new Uint8Array(bits.buffer) });
  };
  return { where: `random ${architecture}`, tensors, read };
}
