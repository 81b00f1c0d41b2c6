// npm start: from a fresh clone to a served page.
import { upToDate } from './lib/artifacts.mjs';
import { install } from './lib/install.mjs';
import { pathFault } from './lib/path.mjs';
import { Advice, ROOT, interrupted, must, npmRun, program, step } from './lib/steps.mjs';

await program(async () => {
  const fault = pathFault(ROOT);
  if (fault !== undefined) throw new Advice(`npm start: ${fault}`);
  await step('install', install);
  await step('compile the WebAssembly kernels', async () =>
    must(await npmRun('kernels'), 'kernels: the compiler failed; it names the line above'),
  );
  await step('bring artifacts up to date', upToDate);
  await step('build the site', async () =>
    must(await npmRun('build'), 'site: the build failed; its message above names the page'),
  );
  const { code } = await npmRun('preview', process.argv.slice(2));
  return interrupted(code) ? 0 : code;
});
