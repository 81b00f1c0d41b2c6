import { registerWasmKernels as adam } from '../adam/wasm.ts';
import { registerWasmKernels as attention } from '../attention/wasm.ts';
import { registerWasmKernels as cachedAttention } from '../cached-attention/wasm.ts';
import { registerWasmKernels as causalConv } from '../causal-conv/wasm.ts';
import { registerWasmKernels as columns } from '../columns/wasm.ts';
import { registerWasmKernels as crossEntropy } from '../cross-entropy/wasm.ts';
import { registerWasmKernels as embedding } from '../embedding/wasm.ts';
import { registerWasmKernels as gates } from '../gates/wasm.ts';
import { registerWasmKernels as geluExact } from '../gelu-exact/wasm.ts';
import { registerWasmKernels as gelu } from '../gelu/wasm.ts';
import { registerWasmKernels as halfLinear } from '../half-linear/wasm.ts';
import { registerWasmKernels as linear } from '../linear/wasm.ts';
import { registerWasmKernels as longConv } from '../long-conv/wasm.ts';
import { registerWasmKernels as lstm } from '../lstm/wasm.ts';
import { registerWasmKernels as norm } from '../norm/wasm.ts';
import { registerWasmKernels as rotary } from '../rotary/wasm.ts';
import { registerWasmKernels as s4dKernel } from '../s4d-kernel/wasm.ts';
import { registerWasmKernels as selectiveScan } from '../selective-scan/wasm.ts';
import { registerWasmKernels as tokenMix } from '../token-mix/wasm.ts';
import { registerWasmKernels as wkv } from '../wkv/wasm.ts';
import { registerWasmKernels as identity } from './identity.ts';
import { linkWasm } from './module.ts';

/**
 * Links and registers every kernel for the current `wasm` backend.
 * @param binary a module that `build.ts` compiled
 */
export async function registerWasm(binary: BufferSource): Promise<void> {
  await linkWasm(binary);
  for (const register of [
    adam,
    attention,
    cachedAttention,
    causalConv,
    columns,
    crossEntropy,
    embedding,
    gates,
    gelu,
    geluExact,
    halfLinear,
    identity,
    linear,
    longConv,
    lstm,
    norm,
    rotary,
    s4dKernel,
    selectiveScan,
    tokenMix,
    wkv,
  ]) {
    register();
  }
}
