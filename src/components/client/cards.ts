import { TRIGGERS, cardContent } from './card-content.ts';
import { placeBeside } from './place.ts';

const OPEN_MS = 120;
const CLOSE_MS = 200;

/** Shows what a link leads to beside it: on hover, and on focus by keyboard; Escape closes. */
class Cards {
  readonly #card = document.createElement('div');
  #trigger: Element | undefined;
  #timer = 0;

  constructor() {
    this.#card.className = 'card';
    this.#card.id = 'card';
    this.#card.popover = 'manual';
    this.#card.setAttribute('role', 'tooltip');
    document.body.append(this.#card);
  }

  listen(): void {
    document.addEventListener('pointerover', (event) => {
      if (event.pointerType !== 'touch') this.#hover(event.target);
    });
    document.addEventListener('click', (event) => {
      const symbol = event.target instanceof Element && event.target.closest('[data-symbol]');
      if (symbol && !symbol.closest('a')) this.#open(symbol);
    });
    document.addEventListener('focusin', ({ target }) => {
      const trigger = target instanceof Element && target.closest(TRIGGERS);
      if (trigger && trigger.matches(':focus-visible')) this.#open(trigger);
    });
    document.addEventListener('focusout', () => this.#close());
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#close();
    });
    document.addEventListener('scroll', () => this.#follow(), { passive: true });
  }

  #hover(target: EventTarget | null): void {
    const element = target instanceof Element ? target : undefined;
    if (element && this.#card.contains(element)) {
      clearTimeout(this.#timer);
      return;
    }
    const found = element?.closest(TRIGGERS);
    // A whole equation has a card for the keyboard; the pointer asks for single symbols.
    const trigger = found?.matches('[data-symbols]') ? undefined : found;
    if (trigger === this.#trigger) {
      if (trigger) clearTimeout(this.#timer);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = trigger
      ? window.setTimeout(() => this.#open(trigger), OPEN_MS)
      : window.setTimeout(() => this.#close(), CLOSE_MS);
  }

  #open(trigger: Element): void {
    this.#close();
    const content = cardContent(trigger);
    if (content.length === 0) return;
    this.#card.replaceChildren(...content);
    this.#card.showPopover();
    this.#place(trigger);
    this.#trigger = trigger;
    if (trigger.matches('a.cite, a.symbol-link')) trigger.setAttribute('aria-describedby', 'card');
  }

  #place(trigger: Element): void {
    const lines = [...trigger.getClientRects()];
    placeBeside(this.#card, lines.at(-1) ?? trigger.getBoundingClientRect());
  }

  /**
   * Focus may itself scroll: its card goes along, and the pointer's closes. One that is still to open does: the last
   * event of a scroll comes after the pointer has met the link that it brought.
   */
  #follow(): void {
    if (!this.#trigger) return;
    if (this.#trigger === document.activeElement) this.#place(this.#trigger);
    else this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#trigger?.removeAttribute('aria-describedby');
    this.#trigger = undefined;
    if (this.#card.matches(':popover-open')) this.#card.hidePopover();
  }
}

export function startCards(): void {
  new Cards().listen();
}
