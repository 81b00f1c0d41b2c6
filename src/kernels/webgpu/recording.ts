import { tensor_util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { forgetHostCopy, observeLaunches, scalarsOffset } from './dispatch.ts';
import type { Launch } from './dispatch.ts';

/** The members of the stock backend that a recording stands in for. */
interface Internals {
  bufferManager: BufferManager;
  queue: Pick<GPUQueue, 'submit' | 'writeBuffer'>;
  commandEncoder: unknown;
  ensureCommandEncoderReady(): void;
  uploadToGPU(dataId: TensorInfo['dataId']): void;
  submitQueue(): void;
}
interface BufferManager {
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  dispose(): void;
}

type Command =
  | { pipeline: GPUComputePipeline; group: GPUBindGroup; grid: [number, number?, number?] }
  | { copy: Parameters<GPUCommandEncoder['copyBufferToBuffer']> };

/** Values that the recorded operations took from the host, and the buffer they lie in. */
interface Upload {
  values: ArrayLike<number>;
  buffer: GPUBuffer;
}

/**
 * What a function does on the GPU, recorded once and run again on the same buffers without TensorFlow.js: of a
 * training step's time, encoding its thousand dispatches is the most. What the host computed while recording is
 * a constant of the recording, but for what `setValues` and `setScalars` change.
 */
export class Recording<Result> {
  readonly #backend: WebGPUBackend;
  readonly #commands: Command[] = [];
  readonly #uploads: Upload[] = [];
  readonly #launches: { kernel: Launch; uniforms: GPUBuffer }[] = [];
  readonly #buffers: BufferManager;
  /** What a run writes and somebody may read after it. */
  readonly #written: TensorInfo[];
  /** What `body` returned: tensors of it hold the values of the last run, and go with the recording. */
  readonly result: Result;

  /**
   * Records `body` without running it. Its tensors get buffers of the recording's own; those that exist before
   * must be on the device already.
   */
  constructor(backend: WebGPUBackend, body: () => Result) {
    this.#backend = backend;
    flush(backend);
    const internals = backend as unknown as Internals;
    this.#buffers = new (
      internals.bufferManager.constructor as new (device: GPUDevice) => BufferManager
    )(backend.device);
    keepWhatTheHostWrites(this.#buffers, backend.device);
    this.result = this.#inPlaceOf(internals, body);
    const inPlace = this.#launches.flatMap(({ kernel }) => Object.values(kernel.writes));
    this.#written = [...inPlace, ...tensor_util.getTensorsInContainer(this.result as never)].filter(
      ({ dataId }) => backend.tensorMap.has(dataId),
    );
  }

  #inPlaceOf(internals: Internals, body: () => Result): Result {
    const { bufferManager, queue } = internals;
    internals.bufferManager = this.#buffers;
    internals.queue = { submit: () => undefined, writeBuffer: queue.writeBuffer.bind(queue) };
    internals.ensureCommandEncoderReady = () => {
      internals.commandEncoder ??= this.#encoder();
    };
    internals.uploadToGPU = (dataId) => this.#upload(dataId);
    const stop = observeLaunches((kernel, { buffer }) =>
      this.#launches.push({ kernel, uniforms: buffer }),
    );
    try {
      return body();
    } finally {
      flush(this.#backend);
      stop();
      Reflect.deleteProperty(internals, 'ensureCommandEncoderReady');
      Reflect.deleteProperty(internals, 'uploadToGPU');
      Object.assign(internals, { bufferManager, queue });
    }
  }

  /** Stands in for a command encoder and for its pass. */
  #encoder() {
    const commands = this.#commands;
    let pipeline: GPUComputePipeline;
    let group: GPUBindGroup;
    return {
      beginComputePass() {
        return this;
      },
      setPipeline(next: GPUComputePipeline) {
        pipeline = next;
      },
      setBindGroup(_: number, next: GPUBindGroup) {
        group = next;
      },
      dispatchWorkgroups: (...grid: [number, number?, number?]) =>
        void commands.push({ pipeline, group, grid }),
      copyBufferToBuffer: (...copy: Parameters<GPUCommandEncoder['copyBufferToBuffer']>) =>
        void commands.push({ copy }),
      end() {},
      finish() {},
    };
  }

  #upload(dataId: TensorInfo['dataId']): void {
    const data = this.#backend.tensorMap.get(dataId);
    const values = data.resource ? undefined : (data.values as ArrayLike<number> | undefined);
    const { uploadToGPU } = Object.getPrototypeOf(this.#backend) as Internals;
    uploadToGPU.call(this.#backend as unknown as Internals, dataId);
    if (values) this.#uploads.push({ values, buffer: data.resource as GPUBuffer });
  }

  /**
   * Makes the array that the recorded function took from the host a variable of the recording, found by its
   * values. @throws Error unless there is one such upload
   */
  input(values: Float32Array): (next: Float32Array) => void {
    const found = this.#uploads.filter((upload) => sameValues(upload.values, values));
    const [upload] = found;
    if (!upload || found.length > 1) {
      throw new Error(
        `recording: expected one array of ${values.length} such values from the host, got ${found.length}; ` +
          'record with values that occur once',
      );
    }
    return (next) => {
      if (next.length !== values.length) {
        throw new Error(
          `recording: expected ${values.length} values, got ${next.length}; record again`,
        );
      }
      this.#backend.device.queue.writeBuffer(upload.buffer, 0, next as Float32Array<ArrayBuffer>);
    };
  }

  /** Changes scalars of every recorded dispatch of a kernel of this project, given those it was recorded with. */
  setScalars(
    name: string,
    change: (scalars: Record<string, number>) => Record<string, number>,
  ): void {
    const { queue } = this.#backend.device;
    for (const { kernel, uniforms } of this.#launches) {
      if (kernel.name !== name) continue;
      const scalars = { ...kernel.scalars, ...change(kernel.scalars ?? {}) };
      queue.writeBuffer(uniforms, scalarsOffset(kernel), Float32Array.from(Object.values(scalars)));
    }
  }

  /** Runs the recorded commands after everything that was asked of the backend before. */
  run(): void {
    flush(this.#backend);
    const { device } = this.#backend;
    const encoder = device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    let bound: GPUComputePipeline | undefined;
    for (const command of this.#commands) {
      if ('copy' in command) {
        pass?.end();
        pass = bound = undefined;
        encoder.copyBufferToBuffer(...command.copy);
        continue;
      }
      pass ??= encoder.beginComputePass();
      if (command.pipeline !== bound) pass.setPipeline((bound = command.pipeline));
      pass.setBindGroup(0, command.group);
      pass.dispatchWorkgroups(...command.grid);
    }
    pass?.end();
    device.queue.submit([encoder.finish()]);
    for (const tensor of this.#written) forgetHostCopy(this.#backend, tensor);
  }

  /** Frees the buffers. @param dispose disposes of the tensors of `result` */
  dispose(dispose: (result: Result) => void): void {
    const internals = this.#backend as unknown as Internals;
    flush(this.#backend);
    const { bufferManager } = internals;
    internals.bufferManager = this.#buffers;
    dispose(this.result);
    internals.bufferManager = bufferManager;
    this.#buffers.dispose();
  }
}

/** Submits what the backend has recorded so far. */
function flush(backend: WebGPUBackend): void {
  backend.endComputePassEncoder();
  if ((backend as unknown as Internals).commandEncoder) backend.submitQueue();
}

/** Buffers written by the host are of one use each: a second one would be written before the first is read. */
function keepWhatTheHostWrites(buffers: BufferManager, device: GPUDevice): void {
  const { acquireBuffer, releaseBuffer } = buffers;
  const kept = new Set<GPUBuffer>();
  buffers.acquireBuffer = (size, usage, mapped = false, reuse = true) => {
    const byHost = mapped || (usage & GPUBufferUsage.UNIFORM) !== 0;
    if (!byHost) return acquireBuffer.call(buffers, size, usage, mapped, reuse);
    const buffer = device.createBuffer({ size, usage, mappedAtCreation: mapped });
    kept.add(buffer);
    return buffer;
  };
  buffers.releaseBuffer = (buffer, reuse = true) => {
    if (!kept.has(buffer)) releaseBuffer.call(buffers, buffer, reuse);
  };
  const { dispose } = buffers;
  buffers.dispose = () => {
    for (const buffer of kept) buffer.destroy();
    dispose.call(buffers);
  };
}

const sameValues = (a: ArrayLike<number>, b: Float32Array): boolean =>
  a === b || (a.length === b.length && b.every((value, i) => value === a[i]));
