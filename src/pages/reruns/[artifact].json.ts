import type { APIRoute, GetStaticPaths } from 'astro';
import { experimentIds } from '../../components/results/experiments.ts';
import { isRun } from '../../components/results/committed.ts';
import { presetsOf } from '../../components/results/artifacts.ts';
import { offersOf } from '../../demos/offers.ts';
import { runsOf } from '../../demos/runs.ts';

/** What pages may run of each experiment: keys, inputs and outputs by their hashes. */
export const getStaticPaths = (async () => {
  const found = experimentIds().flatMap((id) =>
    presetsOf([id])
      .filter((preset) => isRun(id, preset))
      .map(async (preset) => ({ artifact: `${id}.${preset}`, runs: await runsOf(id, preset) })),
  );
  return (await Promise.all(found))
    .filter(({ runs }) => runs.size > 0)
    .map(({ artifact, runs }) => ({ params: { artifact }, props: { offers: offersOf(runs) } }));
}) satisfies GetStaticPaths;

export const GET: APIRoute = ({ props }) => Response.json(props['offers']);
