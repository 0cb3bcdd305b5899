import type { Item } from "../../wire/chat";

/** What the server answers when asked for a part of a log. */
export interface Stretch {
  items: Item[];
  before?: boolean;
  more?: boolean;
}

/** So many messages stand in the page after a cut, and so many make one necessary. */
const HELD = 200;
const FULL = 260;
/** What is needed keeps so many neighbours, so that the next glance up or down meets something. */
const AROUND = 20;

/** The part of a log that the page holds: messages without a gap, and whether there are others before and after. */
export class Window {
  items: Item[] = [];
  before = false;
  more = false;
  /** What came while something later was being loaded; it may be in the answer, or be newer than that. */
  #meanwhile: Item[] | undefined;

  get first(): number {
    return this.items[0]?.seq ?? 0;
  }

  get last(): number {
    return this.items.at(-1)?.seq ?? 0;
  }

  get isFull(): boolean {
    return this.items.length >= FULL;
  }

  find(seq: number): Item | undefined {
    return this.items.find((item) => item.seq === seq);
  }

  /** From here until the answer is in, remember what comes. */
  asks(): void {
    this.#meanwhile = [];
  }

  /** Another part of the log. */
  replace({ items, before, more }: Stretch): void {
    this.items = said(items);
    this.before = !!before;
    this.more = !!more;
    this.#join();
  }

  prepend({ items, before }: Stretch): void {
    this.items = [...said(items).filter((item) => item.seq < this.first), ...this.items];
    this.before = !!before;
  }

  append({ items, more }: Stretch): void {
    this.items = [...this.items, ...said(items).filter((item) => item.seq > this.last)];
    this.more = !!more;
    this.#join();
  }

  /** A message that was just said. False when it is not shown, because something between is not. */
  add(item: Item): boolean {
    this.#meanwhile?.push(item);
    if (item.seq <= this.last) return false;
    const root = item.thread === null ? undefined : this.find(item.thread);
    if (root) root.replies += 1;
    if (!this.more) this.items.push(item);
    return !this.more;
  }

  /** A message looks different from now on. */
  change(now: Item): void {
    const at = this.items.findIndex((item) => item.seq === now.seq);
    if (at >= 0) this.items[at] = now;
    if (this.#meanwhile) this.#meanwhile = this.#meanwhile.map((item) => (item.seq === now.seq ? now : item));
  }

  /** Hold about 200: let go at the far end, but never what `held` says is needed. */
  cut(end: "first" | "last", held: (item: Item) => boolean): void {
    if (this.items.length <= FULL) return;
    const spare = this.items.length - HELD;
    if (end === "first") {
      const kept = this.items.findIndex(held);
      const cut = kept < 0 ? spare : Math.min(spare, Math.max(0, kept - AROUND));
      this.items.splice(0, cut);
      this.before ||= cut > 0;
    } else {
      const kept = this.items.findLastIndex(held);
      const cut = Math.min(spare, Math.max(0, this.items.length - 1 - kept - AROUND));
      this.items.splice(this.items.length - cut, cut);
      this.more ||= cut > 0;
    }
  }

  #join(): void {
    const meanwhile = this.#meanwhile ?? [];
    this.#meanwhile = undefined;
    if (!this.more) this.items.push(...meanwhile.filter((item) => item.seq > this.last));
  }
}

const said = (items: Item[]): Item[] => items.filter((item) => item.kind !== "change");

/** The first message of a day (YYYY-MM-DD, where one is) or after it, else the last there is. */
export function firstOn(stretch: Stretch, day: string): Item | undefined {
  const on = (item: Item) => new Date(item.at).toLocaleDateString("sv-SE");
  return stretch.items.find((item) => on(item) >= day) ?? stretch.items.at(-1);
}
