import type { Beat, Head, Item } from "../../wire/chat";
import { draftsKept } from "./kept";
import { clock, fact, say, sayCount } from "./words";

const MANY = 99;

/** What a message says in one line, without its marks; of what brings files alone, how many. */
function lineOf(item: Item): string {
  const said = new DOMParser().parseFromString(item.html, "text/html").body.textContent ?? "";
  return said.replace(/\s+/g, " ").trim() || (item.files.length ? sayCount("files", item.files.length) : "");
}

/** The list at the left, the number in the header and in the title. */
export class List {
  #unread = new Map<number, number>();
  #heads = new Map<number, number>();
  /** The number of the message whose line is shown: a beat knows numbers earlier, but no lines. */
  #lines = new Map<number, number>();
  /** What the server drew the list for: what is put away and silent is unread, and in no list. */
  #drawnFor = new Map<number, number>();
  #loading = 0;
  #shown = "all";
  readonly #title = document.title.replace(/^\(\d+\) /, "");
  readonly #root = document.getElementById("chat-rows");

  constructor(private readonly current: number) {
    this.#read();
    this.#filters();
    this.#rove();
    this.#root?.addEventListener("keydown", (event) => this.#move(event));
    void this.drafts();
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
      else {
        this.#name(c, beat.mentioned.includes(c));
        this.#count(c, beat.unread[c] ?? 0);
      }
    }
    const news = Object.keys(beat.unread).map(Number).filter((c) => !known.has(c));
    if (news.some((c) => (beat.heads[c] ?? 0) > (this.#drawnFor.get(c) ?? 0))) {
      for (const c of news) this.#drawnFor.set(c, beat.heads[c] ?? 0);
      this.#reload();
    }
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
    const me = Number(fact("me"));
    if (event.sender !== me && (event.everyone || event.mentions.includes(me))) this.#name(event.c, true);
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
    this.#line(c, last.sender, last.name, lineOf(last), new Date(last.at));
    const others = items.filter((item) => item.kind === "text" && item.sender !== Number(fact("me"))).length;
    if (unread && others) this.#count(c, (this.#unread.get(c) ?? 0) + others);
    this.#total(this.#sum());
  }

  read(c: number): void {
    this.#name(c, false);
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

  /** Who of a conversation that is shown is here now: a dot beside the other of two. */
  presence(c: number, people: readonly number[]): void {
    const row = this.#row(c);
    if (!row || row.querySelector(".tile")) return;
    const here = people.some((person) => person !== Number(fact("me")));
    row.querySelector(".ci")?.classList.toggle("is-here", here);
  }

  /** Marks what was begun here and not sent. */
  async drafts(): Promise<void> {
    const kept = await draftsKept();
    for (const row of this.#all()) {
      const mark = row.querySelector<HTMLElement>("[data-draft]");
      if (mark) mark.hidden = !kept.has(Number(row.dataset.row)) || Number(row.dataset.row) === this.current;
    }
  }

  /** Something unread names me, or not any more; the badge is drawn by the count that follows. */
  #name(c: number, named: boolean): void {
    const row = this.#row(c);
    if (!row || "named" in row.dataset === named) return;
    if (named) row.dataset.named = "";
    else delete row.dataset.named;
    const n = Number(row.dataset.unread);
    row.dataset.unread = "";
    this.#count(c, n);
  }

  #count(c: number, n: number): void {
    this.#unread.set(c, n);
    const row = this.#row(c);
    if (!row || row.dataset.unread === String(n)) return;
    row.dataset.unread = String(n);
    row.querySelector(".ci")?.classList.toggle("is-un", n > 0);
    const badge = row.querySelector("[data-badge]")!;
    badge.replaceChildren();
    if (n > 0) {
      const count = document.createElement("span");
      const named = "named" in row.dataset;
      count.className = named ? "count count--at" : "muted" in row.dataset ? "count count--soft" : "count";
      if (named) {
        const at = document.createElement("span");
        at.setAttribute("aria-hidden", "true");
        at.textContent = "@";
        count.append(at);
      }
      const spoken = document.createElement("span");
      spoken.className = "kern-sr-only";
      spoken.textContent = ` ${say("unread")}${named ? `, ${say("named")}` : ""}`;
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
        const response = await fetch(`${fact("rowsUrl")}?${this.#which()}`);
        if (!response.ok || response.redirected || !this.#root) return;
        const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>("[data-row]")?.dataset.row;
        this.#root.innerHTML = await response.text();
        this.#read();
        this.#filter();
        this.#total(this.#sum());
        this.#rove();
        void this.drafts();
        if (focused) this.#row(Number(focused))?.querySelector<HTMLElement>("a")?.focus();
      } catch {
        // The next beat tries again.
      }
    }, 300);
  }

  /** The part of the list that is shown: what was put away, or an older page, stays that. */
  #which(): string {
    const here = new URLSearchParams(location.search);
    const asked = new URLSearchParams({ c: String(this.current) });
    for (const name of ["archiv", "seite"]) if (here.has(name)) asked.set(name, here.get(name)!);
    return asked.toString();
  }

  #filters(): void {
    const box = document.querySelector<HTMLElement>("[data-cl-filter]");
    const tabs = document.querySelector<HTMLElement>("[data-cl-tabs]");
    if (!box || !tabs) return;
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
      const wanted = { all: true, unread: Number(row.dataset.unread) > 0, named: "named" in row.dataset }[this.#shown];
      row.hidden = !text.includes(words) || !(wanted || Number(row.dataset.row) === this.current);
    }
    // A heading without a row below it says nothing.
    for (const rows of this.#root?.querySelectorAll("ul") ?? []) {
      const none = !rows.querySelector("[data-row]:not([hidden])");
      rows.hidden = none;
      const heading = document.getElementById(rows.getAttribute("aria-labelledby") ?? "");
      if (heading) heading.hidden = none;
    }
    const nothing = document.querySelector<HTMLElement>("[data-cl-nothing]");
    if (nothing) nothing.hidden = this.#links().length > 0 || !this.#all().length;
    this.#rove();
  }

  #links(): HTMLElement[] {
    return this.#all().filter((row) => !row.hidden).map((row) => row.querySelector<HTMLElement>("a")!);
  }

  /** One stop for the Tab key: where one is, else the open conversation, else the first. */
  #rove(): void {
    const links = this.#links();
    const at = links.find((link) => link === document.activeElement || link.ariaCurrent === "page") ?? links[0];
    for (const row of this.#all()) {
      const link = row.querySelector<HTMLElement>("a")!;
      link.tabIndex = link === at ? 0 : -1;
    }
  }

  #move(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const links = this.#links();
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    const next = to === undefined ? undefined : links[to];
    if (!next) return;
    event.preventDefault();
    for (const link of links) link.tabIndex = link === next ? 0 : -1;
    next.focus();
  }
}
