import { interrupted, npmRun, program, say } from './lib/steps.mjs';

/** Everything that reads code without running it; all of it runs, so that one look shows all. */
const CHECKS = [
  { script: 'check:format', help: 'npm run format rewrites the files named above' },
  { script: 'kernels', help: 'the AssemblyScript compiler names the line' },
  { script: 'check:types', help: 'the type checker names the line' },
  { script: 'check:lint', help: 'the linter names the rule and the line' },
  { script: 'check:unused', help: 'delete what nothing uses, or stop exporting it' },
];

await program(async () => {
  const failed = [];
  for (const { script, help } of CHECKS) {
    const start = Date.now();
    const { code } = await npmRun(script);
    if (interrupted(code)) return code;
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    say(`${code === 0 ? '✓' : '✗'} ${script} (${seconds} s)${code === 0 ? '' : `: ${help}`}`);
    if (code !== 0) failed.push(script);
  }
  if (failed.length > 0) say(`check: failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
});
