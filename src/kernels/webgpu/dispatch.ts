import { getKernel, registerKernel, util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/**
 * Runs WGSL on TensorFlow.js's tensors, with as many outputs as a kernel has.
 *
 * A kernel's text defines `fn run(group: u32, lane: u32)`, called once an invocation, and may use
 * `WORKGROUP_SIZE`, its constants, its tensors as `array<f32>` and `sizes.<name>`. Constants are part of
 * the text, and the text is the key of the pipeline cache, so that no key can leave a constant out.
 */
export interface Launch {
  name: string;
  wgsl: string;
  reads: Record<string, TensorInfo>;
  /** Read and written; a tensor here may not be among `reads`. */
  writes: Record<string, TensorInfo>;
  /** Those of `writes` that the text sees as `array<u32>`, to keep other things than floats in their bits. */
  words?: readonly string[];
  /** Those of `reads` that are int32, and `array<i32>` in the text. */
  integers?: readonly string[];
  /** Those of `reads` and `writes` that the text sees as `array<vec4f>`: their elements have to be a multiple of 4. */
  vectors?: readonly string[];
  /** WGSL extensions; what they need has to be among the device's features. */
  enables?: readonly string[];
  /** Compiled into the shader as u32. */
  constants?: Record<string, number>;
  /** Uniforms that change without a new shader. */
  sizes?: Record<string, number>;
  scalars?: Record<string, number>;
  workgroups: number;
  workgroupSize?: number;
}

export type Kernel = (
  backend: WebGPUBackend,
  inputs: Record<string, TensorInfo | undefined>,
  attributes: NamedAttrMap,
) => TensorInfo | TensorInfo[];

const DEFAULT_WORKGROUP_SIZE = 64;

/** Registers a kernel for the `webgpu` backend, once. */
export function registerWebgpuKernel(kernelName: string, kernel: Kernel): void {
  if (getKernel(kernelName, 'webgpu')) return;
  registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) =>
      kernel(backend as WebGPUBackend, inputs, attrs ?? {}),
  });
}

/** The named input, or an error that names it. */
export function need(inputs: Record<string, TensorInfo | undefined>, name: string): TensorInfo {
  const input = inputs[name];
  if (!input) throw new Error(`webgpu kernel: expected an input ${name}, got none`);
  return input;
}

/** A new float32 tensor whose values are whatever its buffer held before. */
export function newTensor(backend: WebGPUBackend, ...shape: number[]): TensorInfo {
  return backend.makeTensorInfo(shape, 'float32');
}

/** The members of the stock backend that recording a compute pass needs. */
interface Recorder {
  commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  makeUniforms(uniforms: { type: string; data: number[] }[]): GPUBufferBinding;
}

const SUBMIT_EVERY = 15;

/** Records one dispatch on the backend's queue. */
export function launch(backend: WebGPUBackend, kernel: Launch): void {
  const recorder = backend as unknown as Recorder;
  const { device } = backend;
  const buffers = [...Object.entries(kernel.reads), ...Object.entries(kernel.writes)].map(
    ([name, tensor]) => {
      const type = kernel.integers?.includes(name) ? 'int32' : 'float32';
      return bufferOf(backend, tensor, `${kernel.name} ${name}`, type);
    },
  );
  for (const tensor of Object.values(kernel.writes)) forgetHostCopy(backend, tensor);
  const pipeline = pipelineFor(device, kernel);
  const uniforms = recorder.makeUniforms([
    { type: 'uint32', data: [kernel.workgroups] },
    ...Object.values(kernel.sizes ?? {}).map((value) => ({ type: 'uint32', data: [value] })),
    ...Object.values(kernel.scalars ?? {}).map((value) => ({ type: 'float32', data: [value] })),
  ]);
  observer?.(kernel, uniforms);
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [uniforms, ...buffers.map((buffer) => ({ buffer }))].map((resource, binding) => ({
      binding,
      resource,
    })),
  });
  backend.ensureCommandEncoderReady();
  recorder.computePassEncoder ??= recorder.commandEncoder.beginComputePass();
  recorder.computePassEncoder.setPipeline(pipeline);
  recorder.computePassEncoder.setBindGroup(0, bindGroup);
  recorder.computePassEncoder.dispatchWorkgroups(...grid(device, kernel));
  recorder.dispatchCountInPass++;
  if (recorder.dispatchCountInPass >= SUBMIT_EVERY) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

type Observer = (kernel: Launch, uniforms: GPUBufferBinding) => void;

let observer: Observer | undefined;

/** Tells of every launch, with its uniforms, until what is returned is called. */
export function observeLaunches(next: Observer): () => void {
  observer = next;
  return () => void (observer = undefined);
}

/** Where the scalars begin among the uniforms, in bytes. */
export const scalarsOffset = ({ sizes = {} }: Launch): number =>
  4 * (1 + Object.keys(sizes).length);

/** Copies whole tensors one after another into `target`, from element `offset` on. */
export function pack(
  backend: WebGPUBackend,
  target: TensorInfo,
  parts: readonly TensorInfo[],
  offset = 0,
): void {
  const recorder = backend as unknown as Recorder;
  const destination = bufferOf(backend, target, 'pack');
  const sources = parts.map((part) => bufferOf(backend, part, 'pack'));
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  let at = offset * 4;
  sources.forEach((source, i) => {
    const bytes = elements(parts[i] as TensorInfo) * 4;
    recorder.commandEncoder.copyBufferToBuffer(source, 0, destination, at, bytes);
    at += bytes;
  });
}

export const elements = (tensor: TensorInfo): number => util.sizeFromShape(tensor.shape);

/** Throws unless a tensor holds what a kernel takes it for. */
export function expectType(
  where: string,
  { dtype }: TensorInfo,
  wanted: 'float32' | 'int32' = 'float32',
): void {
  if (dtype === wanted) return;
  throw new Error(`${where}: expected ${wanted}, got ${dtype}; cast it first`);
}

function bufferOf(
  backend: WebGPUBackend,
  tensor: TensorInfo,
  where: string,
  type: 'float32' | 'int32' = 'float32',
): GPUBuffer {
  expectType(where, tensor, type);
  const bytes = elements(tensor) * 4;
  const limit = backend.device.limits.maxStorageBufferBindingSize;
  if (bytes === 0) throw new Error(`${where}: expected a tensor with elements, got an empty one`);
  if (bytes > limit) {
    throw new Error(
      `${where}: expected at most maxStorageBufferBindingSize = ${limit} bytes, got ${bytes}; ` +
        'use a smaller batch',
    );
  }
  backend.uploadToGPU(tensor.dataId);
  // The queue keeps a tensor disposed of before its commands are submitted.
  (backend as unknown as Recorder).commandQueueOwnedIds.add(tensor.dataId);
  return backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
}

/** A tensor read back keeps its values on the host; whatever writes it must drop them. */
export function forgetHostCopy(backend: WebGPUBackend, tensor: TensorInfo): void {
  Reflect.set(backend.tensorMap.get(tensor.dataId), 'values', null);
}

function grid(device: GPUDevice, { name, workgroups }: Launch): [number, number] {
  const limit = device.limits.maxComputeWorkgroupsPerDimension;
  const rows = Math.ceil(workgroups / limit);
  if (rows > limit) {
    throw new Error(
      `${name}: expected at most maxComputeWorkgroupsPerDimension² = ${limit ** 2} workgroups, got ` +
        `${workgroups}; use a smaller batch`,
    );
  }
  return [Math.ceil(workgroups / rows), rows];
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineFor(device: GPUDevice, kernel: Launch): GPUComputePipeline {
  const code = shaderText(kernel);
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  const pipeline = known.get(code) ?? compile(device, kernel, code);
  known.set(code, pipeline);
  return pipeline;
}

function compile(device: GPUDevice, kernel: Launch, code: string): GPUComputePipeline {
  const types: GPUBufferBindingType[] = [
    'uniform',
    ...Object.keys(kernel.reads).map(() => 'read-only-storage' as const),
    ...Object.keys(kernel.writes).map(() => 'storage' as const),
  ];
  const limit = device.limits.maxStorageBuffersPerShaderStage;
  if (types.length - 1 > limit) {
    throw new Error(
      `${kernel.name}: expected at most maxStorageBuffersPerShaderStage = ${limit} tensors, got ` +
        `${types.length - 1}; pack some of them`,
    );
  }
  const entries = types.map((type, binding) => ({ binding, visibility: 4, buffer: { type } }));
  const layout = device.createPipelineLayout({
    bindGroupLayouts: [device.createBindGroupLayout({ entries })],
  });
  const module = device.createShaderModule({ code, label: kernel.name });
  return device.createComputePipeline({ layout, compute: { module }, label: kernel.name });
}

/** The whole WGSL of a dispatch. */
export function shaderText(kernel: Launch): string {
  const { reads, writes, constants = {}, sizes = {}, scalars = {}, enables = [] } = kernel;
  const size = kernel.workgroupSize ?? DEFAULT_WORKGROUP_SIZE;
  const fields = [
    ...['workgroups', ...Object.keys(sizes)].map((name) => `${name}: u32,`),
    ...Object.keys(scalars).map((name) => `${name}: f32,`),
  ];
  const elementOf = (name: string): string => {
    if (kernel.words?.includes(name)) return 'u32';
    if (kernel.integers?.includes(name)) return 'i32';
    return kernel.vectors?.includes(name) ? 'vec4f' : 'f32';
  };
  const read = Object.keys(reads).map(
    (name) => `var<storage, read> ${name}: array<${elementOf(name)}>;`,
  );
  const written = Object.keys(writes).map(
    (name) => `var<storage, read_write> ${name}: array<${elementOf(name)}>;`,
  );
  return [
    ...enables.map((name) => `enable ${name};`),
    `struct Sizes { ${fields.join(' ')} }`,
    '@group(0) @binding(0) var<uniform> sizes: Sizes;',
    ...[...read, ...written].map((text, i) => `@group(0) @binding(${i + 1}) ${text}`),
    `const WORKGROUP_SIZE = ${size}u;`,
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`),
    kernel.wgsl,
    `@compute @workgroup_size(${size})
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = id.y * count.x + id.x;
  if (group >= sizes.workgroups) { return; }
  run(group, lane);
}`,
  ].join('\n');
}
