import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './clone.ts';

const STEPS = JSON.stringify(join(ROOT, 'scripts', 'lib', 'steps.mjs'));

/** Runs a script that may use `steps.mjs`; `act` is called once it has printed a line. */
async function runScript(body: string, act: (pid: number) => void = () => undefined) {
  const script = `const steps = await import(${STEPS});\n${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      if (output === '') act(child.pid ?? 0);
      output += data.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

test('exit codes of commands come through', async () => {
  const body = `await steps.program(async () =>
    (await steps.run(process.execPath, ['-e', 'process.exit(7)'])).code);`;
  expect((await runScript(body)).code).toBe(7);
});

test('a failing step ends with its advice, not with a stack', async () => {
  const { code, output } = await runScript(
    "await steps.program(async () => steps.must({ code: 3 }, 'site: broken; mend it'));",
  );
  expect(code).toBe(1);
  expect(output).toBe('\n✗ site: broken; mend it (exit code 3)\n');
});

test('a command that is not there fails and says so', async () => {
  const { code, output } = await runScript(
    "const { code, output } = await steps.run('no-such-command-here'); console.log(output); process.exit(code);",
  );
  expect(code).toBe(127);
  expect(output).toContain('no-such-command-here');
});

test('a signal reaches what a shell started, and the exit code says which', async () => {
  const command =
    "process.once('SIGINT', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1e6)";
  const body = `await steps.program(async () => {
    const { code } = await steps.run('sh', ['-c', '"$0" -e "$1"; true', process.execPath, ${JSON.stringify(command)}]);
    console.log('down');
    return code;
  });`;
  const { code, output } = await runScript(body, (pid) => process.kill(pid, 'SIGINT'));
  expect(output).toBe('up\ndown\n');
  expect(code).toBe(130);
});
