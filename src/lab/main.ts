import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { UsageError, didYouMean } from './command.ts';
import type { Command, Invocation } from './command.ts';
import { openOutput } from './output.ts';

interface Entry {
  does: string;
  load(): Promise<{ command: Command }>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  run: { does: 'brings artifacts up to date', load: () => import('./commands/run.ts') },
  status: {
    does: 'says what is fresh, stale or missing',
    load: () => import('./commands/status.ts'),
  },
  explain: {
    does: 'says how a node was made, and why it would run again',
    load: () => import('./commands/explain.ts'),
  },
  attest: {
    does: 'replays the beginning of trainings whose code changed, and keeps what agrees',
    load: () => import('./commands/attest.ts'),
  },
  revoke: {
    does: 'makes everything stale that a wrong implementation made',
    load: () => import('./commands/revoke.ts'),
  },
  verify: { does: 'evaluates committed weights again', load: () => import('./commands/verify.ts') },
  parity: { does: 'checks golden cases', load: () => import('./commands/parity.ts') },
  bench: { does: 'times the standard measurements', load: () => import('./commands/bench.ts') },
  generate: {
    does: 'continues a text with a pretrained language model',
    load: () => import('./commands/generate.ts'),
  },
  score: {
    does: 'says how probable a language model finds continuations',
    load: () => import('./commands/score.ts'),
  },
  doctor: {
    does: 'says which devices are here, which one would be used, and what to install',
    load: () => import('./commands/doctor.ts'),
  },
  bundle: {
    does: 'packs a runner for a host without network or Node',
    load: () => import('./commands/bundle.ts'),
  },
  import: {
    does: 'takes in results made elsewhere',
    load: () => import('./commands/import.ts'),
  },
  export: {
    does: 'writes code and results as an RO-Crate',
    load: () => import('./commands/export.ts'),
  },
  gc: { does: 'frees what no result refers to', load: () => import('./commands/gc.ts') },
};

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, { does }]) => `  ${name.padEnd(width)}  ${does}`,
  );
  return (
    `usage: npm run lab -- <command> [options]\n\n${lines.join('\n')}\n\n` +
    'npm run lab -- <command> --help says more'
  );
}

const HELP: readonly (string | undefined)[] = ['help', '--help', '-h'];

async function main([name, ...rest]: string[]): Promise<number> {
  const [asked] = rest;
  if (HELP.includes(name) && asked !== undefined && !asked.startsWith('-'))
    return main([asked, '--help']);
  if (name === undefined || HELP.includes(name)) {
    console.log(usage());
    return name === undefined ? 2 : 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) {
    const meant = didYouMean(name, Object.keys(COMMANDS));
    console.error(`lab: unknown command ${name}\n${usage()}${meant.replace('; ', '\n\n')}`);
    return 2;
  }
  const { command } = await entry.load();
  const help = `usage: npm run lab -- ${name} ${command.usage}`.trimEnd();
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
    const parsed = parseArguments(rest, options);
    if (parsed.values['help'] === true) {
      const does = `${entry.does.charAt(0).toUpperCase()}${entry.does.slice(1)}.`;
      console.log([help, does, command.notes].filter((part) => part !== undefined).join('\n\n'));
      return 0;
    }
    const line = ['npm run lab --', name, ...rest].join(' ');
    return await command.run({ ids: parsed.positionals, values: parsed.values, line });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`lab: ${error.message}\n${help}`);
    return 2;
  }
}

type Parsed = { positionals: string[]; values: Invocation['values'] };

function parseArguments(args: string[], options: Command['options']): Parsed {
  try {
    return parseArgs({ args, options, allowPositionals: true }) as Parsed;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const unknown = /^Unknown option '(-[^']*)'/.exec(said)?.[1];
    if (unknown === undefined) throw new UsageError(said, { cause: error });
    const known = Object.keys(options).map((name) => `--${name}`);
    const message = `unknown option '${unknown}'${didYouMean(unknown, known)}`;
    throw new UsageError(message, { cause: error });
  }
}

enableCompileCache();
openOutput();
// A terminal that is closed ends a command as SIGTERM does, whatever the command makes of that.
process.on('SIGHUP', () => {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(129);
});
try {
  process.exitCode ||= await main(process.argv.slice(2));
} catch (error) {
  const detail = process.env['LAB_DEBUG'] && error instanceof Error ? error.stack : undefined;
  console.error(detail ?? (error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
