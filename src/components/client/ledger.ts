interface Row {
  row: HTMLElement;
  /** By how much the bounds must be multiplied for it to hold; Infinity if no bound would do. */
  needs: number;
  /** As the criterion has it. */
  asked: string;
  /** Its link in the matrix. */
  chip: Element | null;
}

const rowsIn = (ledger: Element): Row[] =>
  [...ledger.querySelectorAll<HTMLElement>('.claim:has(.strain)')].map((row) => ({
    row,
    needs: Number(row.dataset['needs'] ?? Infinity),
    asked: row.dataset['verdict'] ?? '',
    chip: ledger.querySelector(`.matrix a[href="#${row.id}"]`),
  }));

const words = (tolerance: number): string =>
  tolerance === 1
    ? 'as set down'
    : `${tolerance.toPrecision(2).replace(/\.?0+$/, '')} times as generous`;

/** Says a row's verdict where bounds are moved. @returns whether it is another than its criterion's */
function decide({ row, needs, asked, chip }: Row, tolerance: number): boolean {
  const held = needs <= tolerance ? 'holds' : 'does not hold';
  const verdict = tolerance === 1 ? asked : held;
  const moved = verdict !== asked;
  row.toggleAttribute('data-moved', moved);
  if (row.dataset['verdict'] === verdict) return moved;
  row.dataset['verdict'] = verdict;
  const shown = row.querySelector<HTMLElement>('.own .verdict');
  if (shown) {
    shown.dataset['verdict'] = verdict;
    shown.textContent = verdict;
  }
  chip?.closest('tr')?.querySelector(`td[data-verdict="${verdict}"]`)?.append(chip);
  chip?.toggleAttribute('data-moved', moved);
  return moved;
}

/** Chips of a cell in the order of the ledger, however they came there. */
function sort(ledger: Element, rows: readonly Row[]): void {
  for (const { chip } of rows) chip?.parentElement?.append(chip);
  for (const head of ledger.querySelectorAll<HTMLElement>('.matrix [data-count]')) {
    const held = ledger.querySelectorAll(`.matrix td[data-verdict="${head.dataset['count']}"] a`);
    const shown = head.querySelector('.count');
    if (shown) shown.textContent = String(held.length);
  }
}

function startTolerance(ledger: HTMLElement, form: HTMLFormElement): void {
  const box = form.querySelector<HTMLElement>('.tolerance');
  const input = box?.querySelector('input');
  if (!box || !input) return;
  const [rows, reach] = [rowsIn(ledger), Number(ledger.dataset['reach'])];
  const [output, tally] = [form.querySelector('output'), ledger.querySelector('.tally')];
  const move = (): void => {
    const tolerance = 10 ** Number(input.value);
    const moved = rows.filter((row) => decide(row, tolerance)).map(({ row }) => row.id);
    sort(ledger, rows);
    ledger.style.setProperty('--moved', String(Math.log(tolerance) / (2 * Math.log(reach))));
    input.setAttribute('aria-valuetext', words(tolerance));
    if (output) output.textContent = words(tolerance);
    if (!tally) return;
    const turn = moved.length === 1 ? 'verdict turns' : 'verdicts turn';
    tally.textContent =
      moved.length > 0
        ? `With bounds ${words(tolerance)}, ${moved.length} ${turn}: ${moved.join(', ')}.`
        : '';
  };
  box.hidden = false;
  input.addEventListener('input', move);
  form.addEventListener('reset', () => setTimeout(move));
  // A browser may keep what was chosen before a reload.
  move();
}

/** Opens the claim that the address names. */
function openNamed(): void {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}

export function startLedger(): void {
  const ledger = document.querySelector<HTMLElement>('.ledger');
  const form = ledger?.querySelector<HTMLFormElement>('.controls');
  if (ledger && form) startTolerance(ledger, form);
  openNamed();
  window.addEventListener('hashchange', openNamed);
}
