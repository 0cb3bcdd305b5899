import type { Item } from "../../wire/chat";
import type { Stretch, Window } from "./window";
import { fact } from "./words";

const STALE = 3 * 3_600_000;
const LOOK_EVERY = 1_800_000;

/** What nobody says on the line: this asks for it again, and draws what looks different by now. */
export class Anew {
  #asked = Date.now();
  #busy = false;

  constructor(
    private readonly window: Window,
    private readonly ask: (query: string) => Promise<Stretch | undefined>,
    private readonly changed: () => void,
  ) {
    setInterval(() => void this.look(), LOOK_EVERY);
  }

  /** What had its time is emptied at night: a page that stays open for hours looks at all it holds again. */
  async look(): Promise<void> {
    if (this.#busy || document.visibilityState !== "visible" || Date.now() - this.#asked < STALE) return;
    this.#busy = true;
    const { first } = this.window;
    for (let end = this.window.last; end && end >= first; ) {
      const items = (await this.ask(`vor=${end + 1}`))?.items;
      if (!items) break;
      for (const item of items) this.window.change(item);
      const next = (items[0]?.seq ?? 0) - 1;
      if (next < first) this.#asked = Date.now();
      end = next;
    }
    this.#busy = false;
    this.changed();
  }

  /** Notes come in the language of the installation, for all lines carry the same; read them in the reader's own. */
  async notes(fresh: readonly Item[]): Promise<void> {
    const last = fresh.findLast((item) => item.kind === "note");
    if (!last || document.documentElement.lang === fact("saidIn")) return;
    const stretch = await this.ask(`vor=${last.seq + 1}`);
    for (const item of stretch?.items ?? []) if (item.kind === "note") this.window.change(item);
    if (stretch) this.changed();
  }
}
