// npm run build: builds the site, unless the pages that are there were built of the same files. --force builds anyway.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { env, execPath, version } from 'node:process';
import { parseArgs } from 'node:util';
import { Advice, ROOT, program, run, say } from './lib/steps.mjs';

/** What pages are made of, besides the paper: whoever adds a folder that they read names it here. */
const GENERATOR = ['src', 'scripts', 'docs', '*.json', '*.mjs', 'node_modules/.package-lock.json'];
const PAPER = ['content', 'experiments', 'artifacts', 'data', 'public', 'lab.lock'];

const { PAPER: named = '.', SITE_CONTENT, SITE_PUBLIC, SITE_OUT, SITE_STATUS } = env;
const paper = resolve(ROOT, named);
const out = SITE_OUT === undefined ? join(paper, 'dist') : resolve(ROOT, SITE_OUT);
const record = join(out, '..', '.astro-cache', 'built.json');

/** @param {readonly string[]} places @param {string} root @returns {string[]} files in them, in order */
const filesIn = (places, root) =>
  places
    .flatMap((place) => globSync([place, `${place}/**`], { cwd: root, exclude: ['**/*.smoke/**'] }))
    .map((path) => join(root, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .toSorted();

/** Hash of everything that decides what is built. */
async function inputsHash() {
  const hash = createHash('sha256').update(version);
  const settings = Object.entries(env).filter(([name]) => /^(SITE_|PAPER$)/.test(name));
  hash.update(JSON.stringify(settings.toSorted(([a], [b]) => (a < b ? -1 : 1))));
  // The crate is of a commit, and the list of changes of its history.
  hash.update((await run('git', ['-C', paper, 'rev-parse', 'HEAD'], { quiet: true })).output);
  const named = [SITE_CONTENT, SITE_PUBLIC, SITE_STATUS].filter(
    (path) => path !== undefined && path !== 'off',
  );
  const places = /** @type {string[]} */ (named).map((path) => resolve(ROOT, path));
  for (const file of [
    ...filesIn(GENERATOR, ROOT),
    ...filesIn(PAPER, paper),
    ...filesIn(places, '/'),
  ])
    hash.update(file).update(createHash('sha256').update(readFileSync(file)).digest());
  return hash.digest('hex');
}

/** The pages, by name, size and time: who touched one has them built again. */
function pagesHash() {
  const hash = createHash('sha256');
  for (const file of filesIn(['.'], out)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function recorded() {
  try {
    return /** @type {unknown} */ (JSON.parse(readFileSync(record, 'utf8')));
  } catch {
    return undefined;
  }
}

await program(async () => {
  const { values, positionals } = parseArgs({
    options: { force: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (positionals.length > 0)
    throw new Advice(`build: expected no argument but --force, got ${positionals.join(' ')}`);
  const inputs = await inputsHash();
  const known = JSON.stringify(recorded());
  if (!values.force && known === JSON.stringify({ inputs, pages: pagesHash() })) {
    say(
      `The pages in ${out} are those of these files; npm run build -- --force builds them again.`,
    );
    return 0;
  }
  const { code } = await run(execPath, [
    join(ROOT, 'node_modules', 'astro', 'bin', 'astro.mjs'),
    'build',
  ]);
  if (code !== 0) return code;
  mkdirSync(join(record, '..'), { recursive: true });
  writeFileSync(record, JSON.stringify({ inputs, pages: pagesHash() }));
  return 0;
});
