import process from 'node:process';

const BYTES = 256 * 2 ** 20;
const ROUNDS = 5;

/**
 * Milliseconds of one repetition, from the difference between many and few: what waiting for the device takes, once
 * a submission, drops out. @param submit asks for that many repetitions
 */
export async function timeOfOne(
  device: GPUDevice,
  submit: (repetitions: number) => void,
  [few, many]: readonly [number, number],
): Promise<number> {
  const best = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, repetitions] of [few, many].entries()) {
      const start = performance.now();
      submit(repetitions);
      await device.queue.onSubmittedWorkDone();
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  }
  return (best[1]! - best[0]!) / (many - few);
}

/** What the adapter moves when it only copies, bytes read and written a second: the roof of every kernel. */
export async function copyBandwidth(device: GPUDevice): Promise<number> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const size = Math.min(BYTES, device.limits.maxBufferSize);
  const buffers = [1, 2].map(() => device.createBuffer({ size, usage }));
  const [from, to] = buffers as [GPUBuffer, GPUBuffer];
  const copy = (repetitions: number): void => {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < repetitions; i++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
    device.queue.submit([encoder.finish()]);
  };
  try {
    return (2 * size * 1000) / (await timeOfOne(device, copy, [2, 22]));
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

/** What one core moves when it only copies, bytes read and written a second of its own time: the best of a few. */
export function processorBandwidth(): number {
  const from = new Uint8Array(BYTES).fill(1);
  const to = new Uint8Array(BYTES);
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.threadCpuUsage();
    to.set(from);
    const { user, system } = process.threadCpuUsage(start);
    return user + system;
  });
  return (2 * BYTES * 1e6) / Math.min(...times);
}
