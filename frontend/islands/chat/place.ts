const NEAR = 80;

/** Keeps what somebody looks at where it is, while things above it come, go and grow; or keeps them at the end. */
export class Place {
  /** Whoever stands at the end stays there. */
  stuck = true;
  #anchor: { id: string; top: number; scrolled: number } | undefined;

  constructor(
    readonly log: HTMLElement,
    private readonly rows: HTMLElement,
  ) {
    // A bar above, a growing box below, a picture that is there at last: the place stays.
    const settle = () => (this.stuck ? this.toEnd() : this.#restore());
    new ResizeObserver(settle).observe(log);
    new ResizeObserver(settle).observe(rows);
  }

  get atEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  /** How much is to be seen above and below, in heights of the window. */
  get room(): { above: number; below: number } {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    return { above: scrollTop / clientHeight, below: (scrollHeight - scrollTop - clientHeight) / clientHeight };
  }

  toEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
    this.stuck = true;
    this.#anchor = undefined;
  }

  /** Change the page; afterwards the same thing stands at the same place, or the end is in sight. */
  hold(change: () => void, stick: boolean): void {
    this.remember();
    change();
    // Where less is above than before, the browser has scrolled; nobody else has.
    if (this.#anchor) this.#anchor.scrolled = this.log.scrollTop;
    if (stick) this.toEnd();
    else this.#restore();
  }

  /** To be called whenever somebody has scrolled. */
  remember(): void {
    const top = this.log.getBoundingClientRect().top;
    const first = this.shown()[0];
    this.#anchor = first && {
      id: first.id,
      top: first.getBoundingClientRect().top - top,
      scrolled: this.log.scrollTop,
    };
  }

  /** Put an element a quarter below the upper edge. */
  show(element: HTMLElement, part = 0.25): void {
    const { top } = element.getBoundingClientRect();
    this.log.scrollTop += top - this.log.getBoundingClientRect().top - this.log.clientHeight * part;
    this.stuck = false;
    this.remember();
  }

  /** The messages that can be seen now. */
  shown(): HTMLElement[] {
    const { top, bottom } = this.log.getBoundingClientRect();
    const seen: HTMLElement[] = [];
    for (const one of this.rows.querySelectorAll<HTMLElement>("article")) {
      const at = one.getBoundingClientRect();
      if (at.bottom > top && at.top < bottom) seen.push(one);
      else if (seen.length) break;
    }
    return seen;
  }

  #restore(): void {
    const element = this.#anchor && document.getElementById(this.#anchor.id);
    if (!element || !this.#anchor) return;
    const wanted = this.#anchor.top - (this.log.scrollTop - this.#anchor.scrolled);
    const is = element.getBoundingClientRect().top - this.log.getBoundingClientRect().top;
    if (Math.abs(is - wanted) > 0.5) this.log.scrollTop += is - wanted;
    this.remember();
  }
}
