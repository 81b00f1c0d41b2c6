const BYTES = 64 * 2 ** 20;
const COPIES = 8;

/** What the adapter moves when it only copies, bytes read and written a second: the roof of every kernel. */
export async function copyBandwidth(device: GPUDevice): Promise<number> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const size = Math.min(BYTES, device.limits.maxBufferSize);
  const [from, to] = [1, 2].map(() => device.createBuffer({ size, usage })) as [
    GPUBuffer,
    GPUBuffer,
  ];
  try {
    let best = Infinity;
    for (let round = 0; round < 4; round++) {
      const start = performance.now();
      const encoder = device.createCommandEncoder();
      for (let i = 0; i < COPIES; i++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      best = Math.min(best, performance.now() - start);
    }
    return (2 * size * COPIES * 1000) / best;
  } finally {
    from.destroy();
    to.destroy();
  }
}
