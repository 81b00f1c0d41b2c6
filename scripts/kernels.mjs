import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, exit, pid, stderr, stdout } from 'node:process';

/**
 * Compiles the AssemblyScript kernels (src/kernels, `.as.ts`) into build/kernels/{relaxed,simd}.wasm.
 * Does nothing where the sources are those of the last build. `--quiet` prints errors only.
 */
const VARIANTS = { relaxed: ['--enable', 'relaxed-simd'], simd: [] };
const OPTIONS = [
  '--optimizeLevel=3',
  '--converge',
  '--noAssert',
  '--runtime=stub',
  '--importMemory',
  '--enable=simd',
  '--disableWarning=112',
  '--use=abort=',
];
const root = join(import.meta.dirname, '..');
const folder = join(root, 'build', 'kernels');
const stamp = join(folder, 'sources.sha256');

async function hashSources() {
  // This script holds the options, package.json the compiler's version.
  const hash = createHash('sha256').update(await readFile(import.meta.filename));
  const { devDependencies } = /** @type {{ devDependencies: { assemblyscript: string } }} */ (
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  );
  hash.update(devDependencies.assemblyscript);
  const files = await Array.fromAsync(glob('src/kernels/**/*.as.ts', { cwd: root }));
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(root, file)));
  return hash.digest('hex');
}

/**
 * @param {string} variant
 * @param {string[]} options
 */
async function compile(variant, options) {
  const { main: asc } = await import('assemblyscript/asc').catch((/** @type {unknown} */ error) => {
    stderr.write(
      `kernels: expected AssemblyScript, to compile changed sources, got ${String(error)}\n`,
    );
    exit(1);
  });
  const file = `${variant}.wasm`;
  const { error } = await asc(
    ['src/kernels/wasm/index.as.ts', ...OPTIONS, ...options, '--baseDir', root, '--outFile', file],
    {
      stderr,
      writeFile: async (name, contents) => {
        // Two workers of the lab may compile at once: each renames a file of its own.
        const part = join(folder, `${name}.${pid}.part`);
        await writeFile(part, contents);
        await rename(part, join(folder, name));
      },
    },
  );
  if (!error) return;
  stderr.write(`kernels: AssemblyScript rejected the sources; see above\n`);
  exit(1);
}

/**
 * The kernels live in another module's memory: data of their own would overwrite it.
 * @param {string} variant
 */
async function expectNoData(variant) {
  const module = new WebAssembly.Module(await readFile(join(folder, `${variant}.wasm`)));
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  if (names.join() === 'memory') return;
  stderr.write(
    `kernels: expected to import memory only, got ${names.join(', ')}; avoid the heap\n`,
  );
  exit(1);
}

const sources = await hashSources();
const built = await readFile(stamp, 'utf8').catch(() => '');
if (built !== sources) {
  await mkdir(folder, { recursive: true });
  for (const [variant, options] of Object.entries(VARIANTS)) {
    await compile(variant, options);
    await expectNoData(variant);
  }
  await writeFile(stamp, sources);
  if (!argv.includes('--quiet')) stdout.write('kernels: compiled into build/kernels\n');
}
