import { render } from "lit/html.js";
import type { Item } from "../../wire/chat";
import { Actions, type ActionHost } from "./actions";
import { moveByArrows } from "./keys";
import { drawLog } from "./log";
import type { Stretch } from "./window";
import { sayCount } from "./words";

/** Wide enough for a third column; below that a thread has a page of its own. */
const WIDE = "(min-width: 1241px)";

/** A thread beside its conversation: the message it began with, and the answers as they come. */
export class Thread {
  #items: Item[] = [];
  #root = 0;
  #current = "";
  #opener: HTMLElement | null = null;
  readonly #rows: HTMLElement;
  readonly #actions: Actions;

  constructor(
    private readonly panel: HTMLElement,
    private readonly host: ActionHost & { messagesUrl: string },
  ) {
    this.#rows = panel.querySelector<HTMLElement>(".ms")!;
    this.#actions = new Actions(this.#rows, {
      ...host,
      item: (seq) => this.#items.find((item) => item.seq === seq),
      next: () => panel.focus(),
    });
    panel.querySelector("[data-thread-close]")!.addEventListener("click", () => this.close());
    panel.querySelector("[data-thread-answer]")?.addEventListener("click", () => {
      if (this.#items[0]) host.answer?.(this.#items[0]);
    });
    panel.addEventListener("keydown", (event) => {
      if (moveByArrows(event, this.#rows)) event.preventDefault();
      else if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    this.#rows.addEventListener("focusin", (event) => {
      this.#current = (event.target as HTMLElement).closest("article")?.id ?? "";
    });
    matchMedia(WIDE).addEventListener("change", (now) => !now.matches && this.close());
  }

  /** False where there is no room for it. */
  open(root: number): boolean {
    if (!matchMedia(WIDE).matches) return false;
    this.#opener = document.activeElement as HTMLElement | null;
    this.#root = root;
    this.#items = [];
    void this.#load();
    return true;
  }

  close(): void {
    if (this.panel.hidden) return;
    this.#root = 0;
    this.panel.hidden = true;
    this.#opener?.focus();
  }

  /** What is new in the conversation, answers of this thread among it. */
  messages(items: Item[]): void {
    if (!this.#root) return;
    const mine = items.filter((item) => item.thread === this.#root && !this.#items.some((one) => one.seq === item.seq));
    if (mine.length) this.#items = [...this.#items, ...mine];
    for (const { now } of items) if (now) this.change(now, false);
    this.#draw();
  }

  change(now: Item, draw = true): void {
    this.#items = this.#items.map((item) => (item.seq === now.seq ? now : item));
    if (draw) this.#draw();
  }

  async #load(): Promise<void> {
    const root = this.#root;
    try {
      const response = await fetch(`${this.host.messagesUrl}?faden=${root}`);
      if (!response.ok || response.redirected) throw new Error();
      const { items } = (await response.json()) as Stretch;
      if (root !== this.#root) return;
      this.#items = items;
    } catch {
      location.assign((this.host.urls.threadUrl ?? "").replace("/0/", `/${root}/`));
      return;
    }
    this.panel.hidden = false;
    this.#draw();
    const scroller = this.panel.querySelector<HTMLElement>("[data-thread-log]")!;
    scroller.scrollTop = scroller.scrollHeight;
    this.panel.focus();
  }

  #draw(): void {
    if (!this.#root) return;
    const { threadUrl = "", versionsUrl = "" } = this.host.urls;
    const nothing = () => undefined;
    const look = { current: this.#current || `t-m${this.#root}`, hit: 0, online: true, slow: false, threadUrl, versionsUrl };
    const place = { inThread: true, prefix: "t-", again: nothing, discard: nothing };
    render(
      drawLog({ ...look, ...place, items: this.#items, waiting: [], mark: Number.MAX_SAFE_INTEGER }),
      this.#rows,
    );
    this.#actions.refresh();
    const answers = Math.max(0, this.#items.length - 1);
    this.panel.querySelector("[data-thread-count]")!.textContent = sayCount("replies", answers);
  }
}
