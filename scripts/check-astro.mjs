// Type-checks .astro files: `astro check` needs a TypeScript older than the native one, so each file
// becomes a .tsx in build/astro, tsc reads those, and its complaints are mapped back.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { convertToTsx } from '@astrojs/astro2tsx';
import { lineAndColumn, offsetOf, originalOffset } from './lib/positions.mjs';
import { ROOT, program, run, say } from './lib/steps.mjs';

const FOLDER = join(ROOT, 'build', 'astro');
const SETTINGS = {
  extends: '../../tsconfig.json',
  compilerOptions: { rootDirs: ['../..', '.'], jsx: 'preserve' },
  include: ['**/*.tsx', '../../.astro/types.d.ts'],
  exclude: [],
};

/** @typedef {{ source: string, code: string, mappings: readonly (readonly number[])[] }} Converted */

/** @param {string} file relative to ROOT @returns {Converted} */
function convert(file) {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const { code, mappings, diagnostics } = convertToTsx(source, {
    filename: file,
    ambientTypes: true,
  });
  for (const { message, position } of diagnostics) {
    say(`${place(file, source, position.start)}: ${message}`);
  }
  const target = join(FOLDER, `${file}.tsx`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
  return { source, code, mappings: /** @type {number[][]} */ (mappings) };
}

/** @param {string} file @param {string} text @param {number} offset */
function place(file, text, offset) {
  const { line, column } = lineAndColumn(text, offset);
  return `${file}(${line},${column})`;
}

await program(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(SETTINGS));
  const files = globSync('{src,content,examples/*/content}/**/*.astro', { cwd: ROOT }).map((path) =>
    path.replaceAll(sep, '/'),
  );
  const converted = new Map(files.map((file) => [file, convert(file)]));
  const { code, output } = await run('tsc', ['-p', FOLDER, '--pretty', 'false'], { quiet: true });
  const mapped = output.replaceAll(
    /build\/astro\/(.+?)\.tsx\((\d+),(\d+)\)/g,
    (whole, /** @type {string} */ file, line, column) => {
      const found = converted.get(file);
      if (!found) return whole;
      const offset = offsetOf(found.code, { line: Number(line), column: Number(column) });
      return place(file, found.source, originalOffset(found.mappings, offset));
    },
  );
  if (code !== 0) say(mapped.trimEnd());
  return code === 0 ? 0 : 1;
});
