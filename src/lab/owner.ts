import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

/**
 * Names a process for as long as its host runs: a pid alone may belong to another one after a reboot.
 * `<pid> <when it started> <host>`; where the system does not tell the start, it is `0`.
 */
export const ownName = (): string => [process.pid, startOf(process.pid), hostname()].join(' ');

/** Whether the process of that name has ended. Of another host's, nothing is known: false. */
export function hasEnded(name: string): boolean {
  const [pid, start, host] = name.split(' ');
  if (host !== hostname()) return host === undefined;
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
}

/** Ticks from boot to the process's start, and which boot that was. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ticks] = [0, 19].map((i) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[i]);
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return state === 'Z' ? 'zombie' : `${boot}.${ticks}`;
  } catch {
    return '0';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
