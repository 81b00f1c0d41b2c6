import { CLAIMS, claimLedger } from '../../artifacts/claims.ts';
import type { Claim } from '../../artifacts/claims.ts';
import { readArtifact } from '../results/artifacts.ts';

/** The ledger of claims at the site's preset. @throws Error if it is missing or invalid */
export async function readClaims(neededBy: string): Promise<Claim[]> {
  return (await readArtifact(CLAIMS, claimLedger, neededBy)).data.claims;
}

/** @throws Error for an id that the ledger does not have */
export async function readClaim(id: string, neededBy: string): Promise<Claim> {
  const claims = await readClaims(neededBy);
  const claim = claims.find((one) => one.id === id);
  if (claim) return claim;
  throw new Error(
    `${neededBy}: expected a claim of the ledger, got ${id}; there are ${claims.map((one) => one.id).join(', ')}`,
  );
}
