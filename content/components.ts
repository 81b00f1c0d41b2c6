import DescentAt from '../src/components/figures/descent/DescentAt.astro';
import ProbeAt from '../src/components/figures/layers/ProbeAt.astro';
import ErrorAt from '../src/components/figures/learning-curves/ErrorAt.astro';
import ErrorTable from '../src/components/figures/learning-curves/ErrorTable.astro';
import Factor from '../src/components/figures/learning-curves/Factor.astro';
import Outcome from '../src/components/figures/learning-curves/Outcome.astro';
import PublishedAt from '../src/components/figures/learning-curves/PublishedAt.astro';
import Ranking from '../src/components/figures/learning-curves/Ranking.astro';
import Runs from '../src/components/figures/learning-curves/Runs.astro';
import TrainingValue from '../src/components/figures/learning-curves/TrainingValue.astro';
import LineAt from '../src/components/figures/line/LineAt.astro';
import OrderAt from '../src/components/figures/order/OrderAt.astro';
import PilotsAt from '../src/components/figures/pilots/PilotsAt.astro';
import ScalingAt from '../src/components/figures/scaling/ScalingAt.astro';
import ScanSpeedAt from '../src/components/figures/speed/ScanSpeedAt.astro';
import TokenAt from '../src/components/figures/token-curves/TokenAt.astro';
import ZeroTable from '../src/components/figures/zero/ZeroTable.astro';
import LiveFigure from '../src/demos/LiveFigure.astro';
import LiveLine from '../src/demos/LiveLine.astro';
import LiveTraining from '../src/demos/LiveTraining.astro';

/** What sections may use without importing it, besides what every paper has. */
export const components = {
  DescentAt,
  ErrorAt,
  ErrorTable,
  Factor,
  LineAt,
  LiveFigure,
  LiveLine,
  LiveTraining,
  OrderAt,
  Outcome,
  PilotsAt,
  ProbeAt,
  PublishedAt,
  Ranking,
  Runs,
  ScalingAt,
  ScanSpeedAt,
  TokenAt,
  TrainingValue,
  ZeroTable,
};
