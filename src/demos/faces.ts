import type { Job } from './messages.ts';
import { clearOverlay, drawOverlay } from './overlay.ts';
import type { Layer, Point } from './overlay.ts';
import { drawZoom } from './zoom.ts';

type Files = Readonly<Record<string, string>>;

/** Contents of outputs, as far as figures draw them. */
type Curves = Record<string, { k: number[]; mean: number[] }>;
type Training = { loss: { step: number[]; value: number[] } };

/** Where outputs are drawn that a figure knows how to: `curves.json` and `training.json`. */
export class Face {
  readonly #figure: Element;
  readonly #zoom: HTMLElement;
  /** `<experiment>.<preset>`, as its panels are marked. */
  #artifact = '';
  readonly #losses: Record<Layer, Point[]> = { live: [], recorded: [] };

  constructor(figure: Element, zoom: HTMLElement) {
    this.#figure = figure;
    this.#zoom = zoom;
  }

  /** Takes back what a run drew. @param job whose panels are drawn into from now on */
  clear(job?: Pick<Job, 'experiment' | 'preset'>): void {
    if (job) this.#artifact = `${job.experiment}.${job.preset}`;
    this.#losses.live = [];
    this.#losses.recorded = [];
    this.#zoom.replaceChildren();
    clearOverlay(this.#figure);
  }

  /** Outputs of the reader's run, or what they are held against. */
  draw(layer: Layer, files: Files): void {
    const { 'curves.json': curves, 'training.json': training } = files;
    if (curves !== undefined) this.#drawCurves(layer, JSON.parse(curves) as Curves);
    if (training === undefined) return;
    const { step, value } = (JSON.parse(training) as Training).loss;
    this.#losses[layer] = step.map((each, i) => [each, value[i]!]);
    this.#drawLosses();
  }

  /** A loss of a training under way. */
  addLoss(step: number, loss: number): void {
    this.#losses.live.push([step, loss]);
    this.#drawLosses();
  }

  get #panels(): SVGSVGElement[] {
    return [
      ...this.#figure.querySelectorAll<SVGSVGElement>(`svg[data-artifact="${this.#artifact}"]`),
    ];
  }

  #drawCurves(layer: Layer, curves: Curves): void {
    for (const panel of this.#panels) {
      const { evaluation = '', d } = panel.dataset;
      const curve = curves[evaluation];
      const points = curve?.k.map((k, i) => [k / Number(d), curve.mean[i]!] as const);
      if (points) drawOverlay(panel, layer, points);
    }
  }

  #drawLosses(): void {
    const [panel] = this.#panels.filter(({ dataset }) => dataset['evaluation'] === undefined);
    if (!panel) return;
    drawOverlay(panel, 'live', this.#losses.live);
    drawZoom(this.#zoom, this.#losses);
  }
}
