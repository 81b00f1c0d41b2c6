// What a paper of its own consists of: the generator, which is replaced as a whole, and what is its author's.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Advice, ROOT, run } from './steps.mjs';

/** The paper that a new one begins as. */
const STARTER = join(ROOT, 'examples', 'penguins');

/** Of the starter, what git does not hold. */
const MADE = /^(\.lab|\.astro-cache|dist)$|\.smoke(\.json)?$/;

/** The generator's files, as patterns from its root. */
const GENERATOR = [
  'src/**',
  'scripts/**',
  'docs/**',
  'tests/setup/**',
  '.editorconfig',
  '.gitattributes',
  '.gitignore',
  '.oxlintrc.json',
  '.prettierignore',
  '.prettierrc',
  'astro.config.mjs',
  'tsconfig.json',
  'vitest.config.ts',
];

/** Scripts of the generator's own repository. */
const NOT_OF_A_PAPER = ['new', 'mutate', 'test:browser'];

/** A paper checks what its author wrote; of the generator, only that it fits. */
const OWN = 'artifacts content experiments tests';
const SCRIPTS = {
  format: `prettier --write --log-level warn ${OWN} *.md`,
  'check:format': `prettier --check --log-level warn ${OWN} *.md`,
  'check:lint': `oxlint ${OWN}`,
};

/** Names where it is from, and the hashes of the generator's files: what was edited is known by them. */
const RECORD = 'generator.json';

/**
 * @typedef {{ commit: string, files: { [path: string]: string } }} Placed
 * @typedef {{ [name: string]: string }} Names
 * @typedef {{ name: string, version: string, imports?: Names, engines?: Names, scripts?: Names, dependencies?: Names,
 *   devDependencies?: Names, allowScripts?: { [name: string]: boolean } }} Manifest
 * @typedef {{ name: string, version: string, packages: { '': { name: string, version: string } } }} Lock
 */

/** @param {string} path */
const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** @param {string} path @returns {unknown} */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** @param {string} folder */
const readManifest = (folder) => /** @type {Manifest} */ (readJson(join(folder, 'package.json')));

/** @param {string} path @param {unknown} value */
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

const generatorFiles = () =>
  GENERATOR.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter((path) =>
    statSync(join(ROOT, path)).isFile(),
  );

/** @param {string} folder */
async function placeGenerator(folder) {
  const files = generatorFiles();
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  // Its terms hold for its own folder; the paper's are its author's to choose.
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'src', 'LICENSE'));
  const { code, output } = await run('git', ['rev-parse', 'HEAD'], { quiet: true });
  writeJson(join(folder, RECORD), {
    commit: code === 0 ? output.trim() : '',
    files: Object.fromEntries(files.toSorted().map((file) => [file, hashOf(join(folder, file))])),
  });
}

/**
 * The paper's manifest: what the generator needs, and what its author added.
 * @param {string} folder
 * @param {Manifest} own
 */
function placeManifest(folder, own) {
  const { imports, engines, scripts, dependencies, devDependencies, allowScripts } =
    readManifest(ROOT);
  const wanted = Object.entries(scripts ?? {}).filter(([name]) => !NOT_OF_A_PAPER.includes(name));
  writeJson(join(folder, 'package.json'), {
    ...own,
    private: true,
    type: 'module',
    imports: { ...own.imports, ...imports },
    engines,
    scripts: { ...own.scripts, ...Object.fromEntries(wanted), ...SCRIPTS },
    dependencies: { ...own.dependencies, ...dependencies },
    devDependencies: { ...own.devDependencies, ...devDependencies },
    allowScripts,
  });
  const lock = /** @type {Lock} */ (readJson(join(ROOT, 'package-lock.json')));
  for (const named of [lock, lock.packages['']])
    Object.assign(named, { name: own.name, version: own.version });
  writeJson(join(folder, 'package-lock.json'), lock);
}

const KNIP = {
  $schema: './node_modules/knip/schema.json',
  entry: ['content/*.{mdx,ts}', 'experiments/*.ts', 'experiments/nodes/*.ts', 'tests/**/*.ts'],
  project: ['{artifacts,content,experiments,tests}/**/*.{astro,mdx,ts}'],
  include: ['files', 'exports', 'types', 'unresolved'],
};

/** @param {string} folder a new one, or one that is empty */
export async function makePaper(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Advice(
      `new: expected a new folder, got ${folder} with files in it; name another, or bring a paper up to date with --update`,
    );
  mkdirSync(folder, { recursive: true });
  cpSync(STARTER, folder, { recursive: true, filter: (from) => !MADE.test(basename(from)) });
  await placeGenerator(folder);
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-');
  placeManifest(folder, { name, version: '0.1.0' });
  writeJson(join(folder, 'knip.json'), KNIP);
  await run('git', ['-C', folder, 'init', '--quiet'], { quiet: true });
}

/**
 * Puts this generator in the place of the one that a paper has.
 * @param {string} folder
 * @returns {Promise<{ from: string, own: boolean }>} the commit that it had, and whether it has packages of its own
 */
export async function updatePaper(folder) {
  const record = join(folder, RECORD);
  if (!existsSync(record))
    throw new Advice(
      `new --update: expected ${record}, got none; name a paper that npm run new made`,
    );
  const { commit, files } = /** @type {Placed} */ (readJson(record));
  const edited = Object.entries(files)
    .filter(([file, hash]) => existsSync(join(folder, file)) && hashOf(join(folder, file)) !== hash)
    .map(([file]) => file);
  if (edited.length > 0)
    throw new Advice(
      `new --update: expected the generator's files as they came, got edits of ${edited.join(', ')}; ` +
        'move them to content/ or experiments/, or undo them',
    );
  for (const file of Object.keys(files)) rmSync(join(folder, file), { force: true });
  await placeGenerator(folder);
  const manifest = readManifest(folder);
  placeManifest(folder, manifest);
  const { dependencies, devDependencies } = readManifest(ROOT);
  const own = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  return {
    from: commit,
    own: own.some((name) => !(name in { ...dependencies, ...devDependencies })),
  };
}
