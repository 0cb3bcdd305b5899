import { render } from "lit/html.js";
import type { Item } from "../../wire/chat";
import { Actions, type ActionHost } from "./actions";
import { outbox, type Pending } from "./kept";
import { moveByArrows } from "./keys";
import { drawLog } from "./log";
import type { Waiting } from "./message";
import type { Stretch } from "./window";

/** Wide enough for a third column; below that a thread has a page of its own. */
const WIDE = "(min-width: 1241px)";

/** A thread beside its conversation: the message it began with, and the answers as they come. */
export class Thread {
  #items: Item[] = [];
  #waiting: Waiting[] = [];
  #root = 0;
  #current = "";
  #opener: HTMLElement | null = null;
  readonly #rows: HTMLElement;
  readonly #actions: Actions;

  constructor(
    private readonly panel: HTMLElement,
    private readonly host: ActionHost & { messagesUrl: string; again(id: string): void; discard(id: string): void },
  ) {
    this.#rows = panel.querySelector<HTMLElement>(".ms")!;
    this.#actions = new Actions(this.#rows, {
      ...host,
      item: (seq) => this.#items.find((item) => item.seq === seq),
      next: () => panel.focus(),
    });
    panel.querySelector("[data-thread-close]")!.addEventListener("click", () => this.close());
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

  /** The message it began with. */
  get begin(): Item | undefined {
    return this.#items[0];
  }

  close(): void {
    if (this.panel.hidden) return;
    this.#root = 0;
    this.panel.hidden = true;
    this.#opener?.focus();
  }

  /** A deed by its key, on the message one stands on. */
  act(deed: string): boolean {
    return this.#actions.onFocused(deed);
  }

  /** What is new in the conversation, answers of this thread among it. */
  messages(items: Item[]): void {
    if (!this.#root) return;
    const mine = items.filter((item) => item.thread === this.#root && !this.#items.some((one) => one.seq === item.seq));
    if (mine.length) this.#items = [...this.#items, ...mine];
    for (const { now } of items) if (now) this.change(now, false);
    this.#draw();
    if (mine.length) this.#toEnd();
  }

  /** What one has answered here waits in sight. */
  said(one: Pending): void {
    this.#waiting.push(one);
    this.#draw();
    this.#toEnd();
  }

  /** It has a number; it stays until it comes back. */
  sent(one: Pending, seq: number): void {
    this.#waiting = this.#waiting.map((kept) => (kept.id === one.id ? { ...kept, seq } : kept));
  }

  async waitingChanged(): Promise<void> {
    if (!this.#root) return;
    const kept = (await outbox()).filter((one) => this.#items.some((item) => item.seq === one.reply?.seq));
    this.#waiting = [...this.#waiting.filter((one) => one.seq !== undefined && !kept.some((two) => two.id === one.id)), ...kept];
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
    this.#waiting = [];
    await this.waitingChanged();
    this.#toEnd();
    this.panel.focus();
  }

  #toEnd(): void {
    const scroller = this.panel.querySelector<HTMLElement>("[data-thread-log]")!;
    scroller.scrollTop = scroller.scrollHeight;
  }

  #draw(): void {
    if (!this.#root) return;
    const { threadUrl = "", versionsUrl = "" } = this.host.urls;
    const look = { current: this.#current || `t-m${this.#root}`, hit: 0, online: true, slow: false, threadUrl, versionsUrl };
    const place = { inThread: true, prefix: "t-", again: this.host.again, discard: this.host.discard };
    render(
      drawLog({ ...look, ...place, items: this.#items, waiting: this.#waiting, mark: Number.MAX_SAFE_INTEGER }),
      this.#rows,
    );
    this.#actions.refresh();
    this.panel.querySelector("[data-thread-count]")!.textContent = String(Math.max(0, this.#items.length - 1));
  }
}
