import type { Line } from "./line";
import type { Place } from "./place";

const LOOKED_FOR = 400;
const TAKEN_EVERY = 50;
const TAKEN_AFTER = 2_000;

/** How far somebody has read, and how far the page has come; it tells both to the other end. */
export class Reading {
  /** The number up to which everything came. */
  last: number;
  /** Somebody wants it to stay unread. */
  #kept = false;
  #looking = 0;
  #untold = 0;
  #telling = 0;

  constructor(
    private readonly c: number,
    private readonly line: Line,
    private readonly place: Place,
    last: number,
    /** The number up to which all is read. */
    public read: number,
    private readonly atEnd: () => boolean,
    private readonly allRead: () => void,
  ) {
    this.last = last;
  }

  get done(): boolean {
    return this.read >= this.last;
  }

  /** It stays unread from here on, until one writes or comes again. */
  keepUnread(seq: number): void {
    this.#kept = true;
    this.read = seq - 1;
  }

  /** Whoever writes reads on. */
  goOn(): void {
    this.#kept = false;
  }

  /** What somebody looks at is read, up to the last message that stands wholly in the window. */
  seen(): void {
    clearTimeout(this.#looking);
    this.#looking = window.setTimeout(() => {
      if (document.visibilityState !== "visible" || this.#kept) return;
      const end = this.place.log.getBoundingClientRect().bottom + 1;
      const whole = this.place
        .shown()
        .filter((one) => one.dataset.seq && one.getBoundingClientRect().bottom <= end);
      const seq = this.atEnd() ? this.last : Number(whole.at(-1)?.dataset.seq ?? 0);
      if (seq <= this.read || !this.line.say({ op: "read", c: this.c, seq })) return;
      this.read = seq;
      if (this.done) this.allRead();
    }, LOOKED_FOR);
  }

  /** So many more are shown: the other end sends on, and not faster than that. */
  took(n: number): void {
    this.#untold += n;
    clearTimeout(this.#telling);
    const tell = () => {
      this.#untold = 0;
      this.line.say({ op: "taken", c: this.c, seq: this.last });
    };
    if (this.#untold >= TAKEN_EVERY) tell();
    else this.#telling = window.setTimeout(tell, TAKEN_AFTER);
  }
}
