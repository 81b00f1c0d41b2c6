// npm run kernels: compiles src/kernels/**/*.as.ts to build/kernels/{simd,relaxed}.wasm.
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, must, program, run } from './lib/steps.mjs';

const OUTPUT = join(ROOT, 'build', 'kernels');
const VARIANTS = { simd: 'simd', relaxed: 'simd,relaxed-simd' };

await program(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  for (const [name, features] of Object.entries(VARIANTS)) {
    const target = join(OUTPUT, `${name}.wasm`);
    const partial = `${target}.${process.pid}`;
    const options = [
      '--importMemory',
      '--runtime',
      'stub',
      '-O3',
      '--noAssert',
      '--disableWarning',
      '112',
    ];
    must(
      await run('asc', [
        'src/kernels/wasm/index.as.ts',
        '-o',
        partial,
        '--enable',
        features,
        ...options,
      ]),
      'kernels: the compiler failed; its message above names the line',
    );
    renameSync(partial, target);
  }
});
