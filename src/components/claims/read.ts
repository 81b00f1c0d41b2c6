import { presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import { CLAIMS, claimLedger } from '../../artifacts/claims.ts';
import type { Claim } from '../../artifacts/claims.ts';
import { readArtifact } from '../results/artifacts.ts';
import { isRun } from '../results/committed.ts';
import { sitePreset } from '../results/preset.ts';

/** The ledger of claims, at the site's preset if none is named. @throws Error if it is missing or invalid */
export async function readClaims(neededBy: string, preset?: Preset): Promise<Claim[]> {
  return (await readArtifact(CLAIMS, claimLedger, neededBy, preset)).data.claims;
}

/** The claims that were decided at each other preset, but for trial runs. */
export async function otherLedgers(neededBy: string): Promise<Map<Preset, Claim[]>> {
  const others = presets.filter(
    (preset) => preset !== sitePreset() && preset !== 'smoke' && isRun(CLAIMS, preset),
  );
  const ledgers = others.map(async (preset) => {
    const claims = await readClaims(neededBy, preset);
    return [preset, claims.filter(({ verdict }) => verdict !== 'not run')] as const;
  });
  return new Map(await Promise.all(ledgers));
}

/** @throws Error for an id that the ledger does not have */
export async function readClaim(id: string, neededBy: string, preset?: Preset): Promise<Claim> {
  const claims = await readClaims(neededBy, preset);
  const claim = claims.find((one) => one.id === id);
  if (claim) return claim;
  throw new Error(
    `${neededBy}: expected a claim of the ledger, got ${id}; there are ${claims.map((one) => one.id).join(', ')}`,
  );
}
