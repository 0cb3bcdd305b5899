import type { Beat, Head, Item } from "../../wire/chat";
import { clock, fact, say, sayCount } from "./words";

const MANY = 99;

/** The list at the left, the number in the header and in the title. */
export class List {
  #unread = new Map<number, number>();
  #heads = new Map<number, number>();
  /** The number of the message whose line is shown: a beat knows numbers earlier, but no lines. */
  #lines = new Map<number, number>();
  #loading = 0;
  #shown = "all";
  readonly #title = document.title.replace(/^\(\d+\) /, "");
  readonly #root = document.getElementById("chat-rows");

  constructor(private readonly current: number) {
    this.#read();
    this.#filters();
  }

  #read(): void {
    for (const row of this.#all()) {
      const c = Number(row.dataset.row);
      this.#heads.set(c, Math.max(Number(row.dataset.head), this.#heads.get(c) ?? 0));
      this.#lines.set(c, Math.max(Number(row.dataset.head), this.#lines.get(c) ?? 0));
      this.#unread.set(c, Number(row.dataset.unread));
    }
  }

  #all(): HTMLElement[] {
    return [...(this.#root?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  }

  #row(c: number): HTMLElement | null {
    return this.#root?.querySelector<HTMLElement>(`[data-row="${c}"]`) ?? null;
  }

  beat(beat: Beat): void {
    for (const [c, head] of Object.entries(beat.heads)) this.#heads.set(Number(c), head);
    const known = new Set(this.#all().map((row) => Number(row.dataset.row)));
    for (const c of known) {
      if (!(c in beat.heads)) this.#row(c)?.remove();
      else this.#count(c, beat.unread[c] ?? 0);
    }
    if (Object.keys(beat.unread).some((c) => !known.has(Number(c)))) this.#reload();
    this.#total(beat.count);
  }

  /** Something new in a conversation that is not open. */
  head(event: Head): void {
    if (event.head <= (this.#lines.get(event.c) ?? 0)) return;
    const counted = event.head <= (this.#heads.get(event.c) ?? 0);
    this.#lines.set(event.c, event.head);
    if (!counted) this.#heads.set(event.c, event.head);
    if (!this.#row(event.c)) {
      this.#reload();
      return;
    }
    this.#line(event.c, event.sender, event.name, event.line, new Date(event.at));
    if (counted) return;
    if (event.sender !== Number(fact("me"))) this.#count(event.c, (this.#unread.get(event.c) ?? 0) + 1);
    this.#total(this.#sum());
  }

  /** New messages in the open conversation; unread while nobody looks. */
  here(c: number, items: Item[], unread: boolean): void {
    const last = items.findLast((item) => item.kind === "text" && !item.hidden);
    if (!last) return;
    this.#heads.set(c, last.seq);
    if (!this.#row(c)) {
      this.#reload();
      return;
    }
    this.#line(c, last.sender, last.name, last.text.split("\n")[0] ?? "", new Date(last.at));
    const others = items.filter((item) => item.kind === "text" && item.sender !== Number(fact("me"))).length;
    if (unread && others) this.#count(c, (this.#unread.get(c) ?? 0) + others);
    this.#total(this.#sum());
  }

  read(c: number): void {
    this.#count(c, 0);
    this.#total(this.#sum());
  }

  #sum(): number {
    return this.#all().filter((row) => Number(row.dataset.unread) > 0 && !("muted" in row.dataset)).length;
  }

  #line(c: number, sender: number | null, name: string, text: string, at: Date): void {
    const row = this.#row(c)!;
    const direct = !row.querySelector(".tile");
    const line = row.querySelector("[data-line]")!;
    if (sender === Number(fact("me"))) line.textContent = say("youSay", { line: text });
    else line.textContent = direct ? text : `${name.split(" ")[0]}: ${text}`;
    const time = row.querySelector<HTMLTimeElement>("[data-at]")!;
    time.dateTime = at.toISOString();
    time.textContent = clock(at);
    // The focus stays where it is: a row that moves would take it along.
    if (!row.contains(document.activeElement)) row.parentElement?.prepend(row);
  }

  #count(c: number, n: number): void {
    this.#unread.set(c, n);
    const row = this.#row(c);
    if (!row || Number(row.dataset.unread) === n) return;
    row.dataset.unread = String(n);
    row.querySelector(".ci")?.classList.toggle("is-un", n > 0);
    const badge = row.querySelector("[data-badge]")!;
    badge.replaceChildren();
    if (n > 0) {
      const count = document.createElement("span");
      count.className = "muted" in row.dataset ? "count count--soft" : "count";
      const spoken = document.createElement("span");
      spoken.className = "kern-sr-only";
      spoken.textContent = ` ${say("unread")}`;
      count.append(n > MANY ? `${MANY}+` : String(n), spoken);
      badge.append(count);
    }
    this.#filter();
  }

  #total(n: number): void {
    document.title = n ? `(${n}) ${this.#title}` : this.#title;
    const link = document.querySelector<HTMLElement>(`.mainnav a[href="${fact("listUrl")}"]`);
    if (!link) return;
    link.querySelector("[data-chat-count]")?.nextElementSibling?.remove();
    link.querySelector("[data-chat-count]")?.remove();
    if (!n) return;
    const count = document.createElement("span");
    count.className = "count";
    count.dataset.chatCount = "";
    count.setAttribute("aria-hidden", "true");
    count.textContent = String(n);
    const spoken = document.createElement("span");
    spoken.className = "kern-sr-only";
    spoken.textContent = `, ${sayCount("unreadConversations", n)}`;
    link.append(count, spoken);
  }

  /** A conversation that just began: let the server draw the list. */
  #reload(): void {
    clearTimeout(this.#loading);
    this.#loading = window.setTimeout(async () => {
      try {
        const response = await fetch(`${fact("rowsUrl")}?c=${this.current}`);
        if (!response.ok || response.redirected || !this.#root) return;
        const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>("[data-row]")?.dataset.row;
        this.#root.innerHTML = await response.text();
        this.#read();
        this.#filter();
        this.#total(this.#sum());
        if (focused) this.#row(Number(focused))?.querySelector<HTMLElement>("a")?.focus();
      } catch {
        // The next beat tries again.
      }
    }, 300);
  }

  #filters(): void {
    const box = document.querySelector<HTMLElement>("[data-cl-filter]");
    const tabs = document.querySelector<HTMLElement>("[data-cl-tabs]");
    if (!box || !tabs || !this.#all().length) return;
    box.hidden = tabs.hidden = false;
    box.querySelector("input")!.addEventListener("input", () => this.#filter());
    tabs.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest<HTMLElement>("[data-cl-show]");
      if (!button) return;
      this.#shown = button.dataset.clShow!;
      for (const one of tabs.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
      this.#filter();
    });
  }

  #filter(): void {
    const words = document.querySelector<HTMLInputElement>("#cl-filter")?.value.trim().toLocaleLowerCase() ?? "";
    for (const row of this.#all()) {
      const text = row.querySelector("b")?.textContent?.toLocaleLowerCase() ?? "";
      const seen = this.#shown === "all" || Number(row.dataset.unread) > 0 || Number(row.dataset.row) === this.current;
      row.hidden = !text.includes(words) || !seen;
    }
  }
}
