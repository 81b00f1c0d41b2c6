import { registerWebgpu as adam } from '../adam/webgpu.ts';
import { registerWebgpu as attention } from '../attention/webgpu.ts';
import { registerWebgpu as causalConv } from '../causal-conv/webgpu.ts';
import { registerWebgpu as columns } from '../columns/webgpu.ts';
import { registerWebgpu as crossEntropy } from '../cross-entropy/webgpu.ts';
import { registerWebgpu as embedding } from '../embedding/webgpu.ts';
import { registerWebgpu as gates } from '../gates/webgpu.ts';
import { registerWebgpu as geluExact } from '../gelu-exact/webgpu.ts';
import { registerWebgpu as gelu } from '../gelu/webgpu.ts';
import { registerWebgpu as linear } from '../linear/webgpu.ts';
import { registerWebgpu as longConv } from '../long-conv/webgpu.ts';
import { registerWebgpu as lstm } from '../lstm/webgpu.ts';
import { registerWebgpu as matmul } from '../matmul/webgpu.ts';
import { registerWebgpu as norm } from '../norm/webgpu.ts';
import { registerWebgpu as rotary } from '../rotary/webgpu.ts';
import { registerWebgpu as s4dKernel } from '../s4d-kernel/webgpu.ts';
import { registerWebgpu as selectiveScan } from '../selective-scan/webgpu.ts';
import { registerWebgpu as tokenMix } from '../token-mix/webgpu.ts';
import { registerWebgpu as wkv } from '../wkv/webgpu.ts';

/** Registers every kernel for the `webgpu` backend; calling it again changes nothing. */
export function registerWebgpuKernels(): void {
  for (const register of [
    adam,
    attention,
    causalConv,
    columns,
    crossEntropy,
    embedding,
    gates,
    gelu,
    geluExact,
    linear,
    longConv,
    lstm,
    matmul,
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
