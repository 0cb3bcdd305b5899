import { html, render } from "lit/html.js";
import type { Item } from "../../wire/chat";
import { icon } from "./icon";
import type { Stretch } from "./window";
import { say } from "./words";

const LINE = 90;

/** What is pinned: one after the other in the bar above the log, and all of it in the details. */
export class Pins {
  #items: Item[] = [];
  #at = 0;

  constructor(
    private readonly bar: HTMLElement,
    private readonly list: HTMLElement | null,
    private readonly jump: (seq: number) => void,
  ) {
    const go = (event: MouseEvent) => {
      const link = (event.target as HTMLElement).closest<HTMLElement>("a[data-to]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.jump(Number(link.dataset.to));
      if (!bar.contains(link)) return;
      this.#at += 1;
      this.#draw();
    };
    bar.addEventListener("click", go);
    list?.addEventListener("click", go);
  }

  async load(messagesUrl: string): Promise<void> {
    try {
      const response = await fetch(`${messagesUrl}?geheftet=1`);
      if (response.ok && !response.redirected) this.#items = ((await response.json()) as Stretch).items;
    } catch {
      // They are marked in the log as well.
    }
    this.#draw();
  }

  change(now: Item): void {
    const before = this.#items;
    const others = before.filter((item) => item.seq !== now.seq);
    const was = before.length !== others.length;
    if (!was && !now.pinned) return;
    if (was && now.pinned) this.#items = before.map((item) => (item.seq === now.seq ? now : item));
    else this.#items = now.pinned ? [now, ...others] : others;
    if (!was) this.#at = 0;
    this.#draw();
  }

  #draw(): void {
    const n = this.#items.length;
    const now = this.#items[this.#at % Math.max(1, n)];
    this.bar.hidden = !now;
    render(
      now
        ? html`<a class="pinbar" href="?um=${now.seq}#m${now.seq}" data-to=${now.seq}>${icon("keep", "icon--16")}<span><b>${say("pinned")}:</b> ${line(now)}</span>
            ${n > 1 ? html`<span class="pinbar__n">${say("oneOf", { n: (this.#at % n) + 1, all: n })}</span>` : ""}</a>`
        : html``,
      this.bar,
    );
    if (!this.list) return;
    this.list.hidden = !now;
    this.list.querySelector("h3 span")!.textContent = String(n);
    render(
      html`${this.#items.map((item) => html`<li>${icon("keep", "icon--16")}<a href="?um=${item.seq}#m${item.seq}" data-to=${item.seq}>${line(item)}</a></li>`)}`,
      this.list.querySelector<HTMLElement>("ul")!,
    );
  }
}

/** The first words of a message, without its marks. */
function line(item: Item): string {
  const words = new DOMParser().parseFromString(item.html, "text/html").body.textContent!.trim().split("\n")[0] ?? "";
  const text = words || item.files[0]?.name || item.name;
  return text.length > LINE ? `${text.slice(0, LINE).replace(/\s+\S*$/, "")} …` : text;
}
