import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const DAEMONS = ['munged', 'slurmctld', 'slurmd'];
const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;

/** What is missing to run a cluster on this host; undefined where nothing is. */
export function missingForSlurm(): string | undefined {
  const missing = DAEMONS.filter((name) => spawnSync(name, ['-V'], { env: { PATH } }).error);
  return missing.length === 0
    ? undefined
    : `needs ${missing.join(', ')}: apt-get install slurm-wlm munge`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A real Slurm of two nodes on this host, in a folder of its own. */
export class SlurmCluster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slurm-'));
  readonly #daemons: ChildProcess[] = [];
  readonly env: Record<string, string> = {
    PATH,
    SLURM_CONF: join(this.#folder, 'slurm.conf'),
  };

  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster();
    await cluster.#start();
    return cluster;
  }

  async #start(): Promise<void> {
    const path = (name: string): string => join(this.#folder, name);
    for (const name of ['state', 'n1', 'n2']) mkdirSync(path(name));
    writeFileSync(path('munge.key'), randomBytes(1024), { mode: 0o600 });
    const files = ['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'];
    const options = files.map((name) => `--${name}=${path(`munge.${name.replace(/-file$/, '')}`)}`);
    this.#spawn('munged', ['--force', '--foreground', ...options]);
    writeFileSync(path('slurm.conf'), await this.#configuration());
    this.#spawn('slurmctld', ['-D']);
    for (const node of ['n1', 'n2']) this.#spawn('slurmd', ['-D', '-N', node]);
    const idle = (): boolean => /^2 idle$/m.test(this.#ask('sinfo', ['-h', '-o', '%D %T']));
    while (!idle()) {
      const ended = this.#daemons.find(({ exitCode }) => exitCode !== null);
      if (ended) throw new Error(`slurm: ${ended.spawnfile} ended with ${ended.exitCode}`);
      await sleep(200);
    }
  }

  async #configuration(): Promise<string> {
    const user = userInfo().username;
    const nodes = await Promise.all(
      ['n1', 'n2'].map(
        async (name) =>
          `NodeName=${name} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${await freePort()} CPUs=1`,
      ),
    );
    return [
      'ClusterName=lab',
      `SlurmctldHost=${hostname()}(127.0.0.1)`,
      `SlurmctldPort=${await freePort()}`,
      `SlurmUser=${user}`,
      `SlurmdUser=${user}`,
      `AuthInfo=socket=${this.#folder}/munge.socket`,
      `StateSaveLocation=${this.#folder}/state`,
      `SlurmdSpoolDir=${this.#folder}/%n`,
      `SlurmctldPidFile=${this.#folder}/slurmctld.pid`,
      `SlurmdPidFile=${this.#folder}/%n.pid`,
      `SlurmctldLogFile=${this.#folder}/slurmctld.log`,
      `SlurmdLogFile=${this.#folder}/%n.log`,
      'SlurmdParameters=config_overrides',
      'SlurmdTimeout=6',
      'KillWait=5',
      'ReturnToService=2',
      'ProctrackType=proctrack/pgid',
      'TaskPlugin=task/none',
      'MpiDefault=none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'SchedulerParameters=sched_interval=1',
      ...nodes,
      'PartitionName=all Nodes=ALL Default=YES State=UP',
      '',
    ].join('\n');
  }

  #spawn(command: string, args: string[]): void {
    const env = { ...process.env, ...this.env };
    this.#daemons.push(spawn(command, args, { env, stdio: 'ignore' }));
  }

  #ask(command: string, args: string[]): string {
    return spawnSync(command, args, { env: this.env, encoding: 'utf8' }).stdout;
  }

  /** Pids of the lab's processes on a node. */
  tasksOn(node: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        const [command, environment] = [procFile(pid, 'cmdline'), procFile(pid, 'environ')];
        return (
          command.includes('slurm/task.ts') &&
          environment.includes(`SLURM_CONF=${this.env['SLURM_CONF']}\0`) &&
          environment.includes(`SLURMD_NODENAME=${node}\0`)
        );
      })
      .map(Number);
  }

  /** As if the node's power went: its daemon, its jobs' keepers and its jobs. */
  lose(node: string): void {
    for (const pid of this.tasksOn(node)) {
      const keeper = Number(procFile(String(pid), 'stat').split(') ')[1]?.split(' ')[1]);
      for (const victim of [keeper, pid]) process.kill(victim, 'SIGKILL');
    }
    this.#daemons.find(({ spawnargs }) => spawnargs.includes(node))?.kill('SIGKILL');
  }

  /** Starts jobs again that Slurm holds back for two minutes after it lost their node. */
  hurry(): void {
    for (const line of this.#ask('squeue', ['-h', '-t', 'PD', '-o', '%i %r']).split('\n')) {
      const [job = '', reason] = line.split(' ');
      if (reason === 'BeginTime')
        this.#ask('scontrol', ['update', `JobId=${job}`, 'StartTime=now']);
    }
  }

  stop(): void {
    this.#ask('scancel', [`--user=${userInfo().username}`]);
    for (const daemon of this.#daemons.toReversed()) daemon.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function procFile(pid: string, name: string): string {
  try {
    return readFileSync(join('/proc', pid, name), 'utf8');
  } catch {
    return '';
  }
}
