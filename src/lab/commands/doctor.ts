import { cpus, totalmem } from 'node:os';
import process from 'node:process';
import { BACKEND_NAMES } from '../../runtime/runtime.ts';
import type { BackendName } from '../../runtime/runtime.ts';
import { optionsOnly } from '../command.ts';
import type { Command } from '../command.ts';
import { openDevice } from '../device.ts';

interface Finding {
  backend: BackendName;
  works: boolean;
  adapter: string | null;
  software: boolean | null;
  /** Why it would be used, or what to install. */
  reason: string;
  limits: Record<string, number>;
  features: string[];
  packages: Record<string, string>;
}

export const command: Command = {
  usage: '[--json]',
  notes: 'Warnings of vkCreateInstance above its answer mean that no Vulkan driver is installed.',
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    optionsOnly(invocation);
    const chosen = await examine(undefined);
    const backends: Finding[] = [];
    for (const backend of BACKEND_NAMES) backends.push(await examine(backend));
    const host = {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    };
    if (invocation.values['json'] === true)
      console.log(JSON.stringify({ host, chosen, backends }, null, 2));
    else print(host, chosen, backends);
    return 0;
  },
};

/** Opens a backend and closes it again; undefined stands for the one that `run` would take. */
async function examine(backend: BackendName | undefined): Promise<Finding> {
  try {
    const device = await openDevice(backend);
    const { record, reason, gpu } = device;
    const { adapter, software, packages } = record;
    const limits = gpu ? numbers(gpu.limits) : {};
    const features = gpu ? [...gpu.features].toSorted() : [];
    await device.close();
    return {
      backend: record.backend,
      works: true,
      adapter,
      software,
      reason,
      limits,
      features,
      packages,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(/^runtime: expected backend \w+ as asked for, got none: /, '');
    const nothing = { adapter: null, software: null, limits: {}, features: [], packages: {} };
    return { backend: backend ?? 'cpu', works: false, reason, ...nothing };
  }
}

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const;

const numbers = (limits: GPUSupportedLimits): Record<string, number> =>
  Object.fromEntries(LIMITS.map((name) => [name, limits[name]]));

function print(host: object, chosen: Finding, backends: readonly Finding[]): void {
  for (const [name, value] of Object.entries(host))
    console.log(`${name.padEnd(10)} ${String(value)}`);
  console.log(`\nwould use ${chosen.backend}, ${chosen.adapter ?? 'nothing'}: ${chosen.reason}\n`);
  for (const { backend, works, adapter, software, reason, limits } of backends) {
    const device = `${adapter ?? ''}${software === true ? ' (software)' : ''}`;
    console.log(`${backend.padEnd(10)} ${works ? `works: ${device}` : `absent: ${reason}`}`);
    for (const [name, value] of Object.entries(limits))
      console.log(`${' '.repeat(11)}${name} ${value}`);
  }
}
