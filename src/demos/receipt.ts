import type { LiveResult } from './protocol.ts';
import { TOLERANCE } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** A record of a reader's run that others can check: what ran, on what, and how it compares. */
export function receipt(result: LiveResult, verdict: Verdict, userAgent: string): string {
  const { request, device, ...rest } = result;
  const record = {
    receipt: 1,
    model: { method: request.method, seed: request.seed },
    ...rest,
    runtime: device.runtime,
    reason: device.reason,
    userAgent,
    tolerance: TOLERANCE,
    verdict,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}
