import { html, nothing, render } from "lit/html.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import type { Item, Reaction } from "../../wire/chat";
import { csrfToken } from "../../lib/csrf";
import { ask, showDialog } from "./dialog";
import { icon } from "./icon";
import { openMenu, type Entry } from "./menu";
import { pickSign } from "./signs";
import { clock, dayName, fact, say } from "./words";

export interface ActionHost {
  /** Addresses of the deeds, as data attributes with number 0. */
  urls: DOMStringMap;
  item(seq: number): Item | undefined;
  jump(seq: number): void;
  /** Undefined where one may not write. */
  answer: ((item: Item) => void) | undefined;
  edit(item: Item): void;
  /** False: the page of the thread is opened instead. */
  thread(seq: number): boolean;
  unread(seq: number): void;
  /** Put the focus behind a message that is gone. */
  next(article: HTMLElement): void;
  redraw(now: Item): void;
  /** Tell something to everybody, also to those who look. */
  note(text: string): void;
  write(): void;
}

/** What can be done with a message: a bar that appears where one points or stands, a menu with everything. */
export class Actions {
  #active: HTMLElement | undefined;

  constructor(
    private readonly rows: HTMLElement,
    private readonly host: ActionHost,
  ) {
    rows.addEventListener("pointerover", (event) => this.#activate(event.target as HTMLElement));
    rows.addEventListener("focusin", (event) => this.#activate(event.target as HTMLElement));
    rows.addEventListener("click", (event) => this.#click(event));
  }

  /** The log was drawn anew. */
  refresh(): void {
    if (this.#active && !this.#active.isConnected) this.#active = undefined;
    this.#bar(this.#active);
  }

  /** A deed on the message in focus; false when there is none. */
  onFocused(deed: string): boolean {
    const article = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>("article[data-seq]");
    if (!article || !this.rows.contains(article)) return false;
    const item = this.#item(article);
    if (!item || item.kind !== "text") return false;
    void this.#do(deed, item, article, article.querySelector<HTMLElement>(".m__all") ?? article);
    return true;
  }

  #item(article: HTMLElement): Item | undefined {
    return this.host.item(Number(article.dataset.seq));
  }

  #activate(target: HTMLElement): void {
    const article = target.closest<HTMLElement>("article") ?? undefined;
    // Whoever stands in a bar keeps it, wherever the mouse lies.
    if (article === this.#active || this.#active?.querySelector(".m__bar")?.contains(document.activeElement)) return;
    const before = this.#active;
    this.#active = article;
    if (before) this.#bar(before);
    this.#bar(article);
  }

  #bar(article: HTMLElement | undefined): void {
    const place = article?.querySelector<HTMLElement>(".m__bar");
    if (!article || !place) return;
    const item = this.#item(article);
    const shown = item && article === this.#active && !item.hidden && !item.gone;
    const one = (deed: string, name: string, symbol: string, popup?: "dialog") =>
      html`<button type="button" data-do=${deed} tabindex="-1" aria-label=${name} title=${name} aria-haspopup=${popup ?? nothing}>${icon(symbol)}</button>`;
    render(
      shown
        ? html`${one("pick", say("react"), "add_reaction", "dialog")}${
            this.host.answer ? one("answer", say("answer"), "reply") : nothing
          }${one("thread", say("thread"), "forum")}`
        : nothing,
      place,
    );
  }

  #click(event: MouseEvent): void {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-do]");
    const article = button?.closest<HTMLElement>("article[data-seq]");
    if (!button || !article || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const item = this.#item(article);
    if (!item) return;
    const deed = button.dataset.do!;
    if (deed === "thread" && !this.host.thread(item.thread ?? item.seq)) {
      if (button instanceof HTMLAnchorElement) return;
      location.assign(this.#url("thread", item.thread ?? item.seq));
      return;
    }
    event.preventDefault();
    if (deed !== "thread") void this.#do(deed, item, article, button);
  }

  async #do(deed: string, item: Item, article: HTMLElement, button: HTMLElement): Promise<void> {
    switch (deed) {
      case "jump":
        return this.host.jump(Number(button.dataset.to));
      case "copy":
        return this.#copy(button.nextElementSibling?.textContent ?? "");
      case "react":
        return this.#react(item, button.dataset.sign!);
      case "pick":
        return pickSign(button, (sign) => {
          article.focus({ preventScroll: true });
          void this.#react(item, sign, true);
        });
      case "answer":
        return this.host.answer?.(item);
      case "edit":
        return this.#mayEdit(item) ? this.host.edit(item) : undefined;
      case "thread":
        if (!this.host.thread(item.thread ?? item.seq)) location.assign(this.#url("thread", item.thread ?? item.seq));
        return;
      case "menu":
        return openMenu(button, say("moreActions"), this.#entries(item, article, button));
      case "versions":
        return this.#versions(item);
      case "retract":
        return this.#retract(item, article);
    }
  }

  #mayEdit(item: Item): boolean {
    const hours = Number(this.host.urls.editHours ?? 24);
    return this.#isOwn(item) && !!this.host.answer && Date.now() - Date.parse(item.at) < hours * 3_600_000;
  }

  #isOwn(item: Item): boolean {
    return item.sender === Number(fact("me"));
  }

  #entries(item: Item, article: HTMLElement, button: HTMLElement): Entry[] {
    const gone = item.hidden || !!item.gone;
    const entries: (Entry | false)[] = [
      !gone && { icon: "add_reaction", text: say("react"), keys: "Alt R", do: () => void this.#do("pick", item, article, button) },
      !gone && !!this.host.answer && { icon: "reply", text: say("answer"), keys: "Alt A", do: () => this.host.answer?.(item) },
      { icon: "forum", text: say("thread"), keys: "Alt T", do: () => void this.#do("thread", item, article, button) },
      !gone && this.#mayEdit(item) && { icon: "edit", text: say("edit"), keys: "Alt B", do: () => this.host.edit(item) },
      !gone && this.#isOwn(item) && { icon: "delete", text: say("retract"), do: () => void this.#retract(item, article) },
      !gone && !!this.host.answer && { icon: "keep", text: say(item.pinned ? "unpin" : "pin"), do: () => void this.#pin(item) },
      { icon: "link", text: say("copyLink"), do: () => void this.#copy(new URL(`?um=${item.seq}#m${item.seq}`, new URL(fact("listUrl"), location.href).href + `${item.c}/`).href) },
      { icon: "mark_chat_unread", text: say("markUnread"), do: () => void this.#unread(item) },
      !gone && { icon: "visibility", text: say("readers"), do: () => void this.#readers(item) },
      !gone && !!item.edited && { icon: "history", text: say("versions"), do: () => void this.#versions(item) },
      !gone && !this.#isOwn(item) && item.sender !== null && { icon: "flag", text: say("report"), href: (this.host.urls.reportUrl ?? "").replace("/0/", `/${item.ref}/`) },
    ];
    return entries.filter((one) => one !== false);
  }

  #url(name: string, seq: number): string {
    return (this.host.urls[`${name}Url`] ?? "").replace("/0/", `/${seq}/`);
  }

  /** Do it there; the reason is shown where it is refused. */
  async #post(name: string, item: Item, fields: Record<string, string> = {}): Promise<boolean> {
    try {
      const response = await fetch(this.#url(name, item.seq), {
        method: "POST",
        headers: { accept: "application/json", "x-csrftoken": csrfToken() },
        body: new URLSearchParams(fields),
      });
      if (response.ok && !response.redirected) return true;
      const { reason } = (await response.json()) as { reason?: string };
      this.host.note(reason ?? say("notDone"));
    } catch {
      this.host.note(say("notDone"));
    }
    return false;
  }

  async #get<T>(name: string, item: Item): Promise<T | undefined> {
    try {
      const response = await fetch(this.#url(name, item.seq), { headers: { accept: "application/json" } });
      if (response.ok && !response.redirected) return (await response.json()) as T;
    } catch {
      // Said below.
    }
    this.host.note(say("notDone"));
    return undefined;
  }

  /** Shown at once; what the server says comes as a change, and is the same. */
  async #react(item: Item, sign: string, on = !this.#has(item, sign)): Promise<void> {
    if (on === this.#has(item, sign)) return;
    this.host.redraw({ ...item, reactions: reacted(item.reactions, sign, Number(fact("me")), on) });
    if (!(await this.#post("react", item, { sign, on: on ? "1" : "0" }))) this.host.redraw(item);
  }

  #has(item: Item, sign: string): boolean {
    return !!item.reactions.find((one) => one.sign === sign)?.people.includes(Number(fact("me")));
  }

  async #pin(item: Item): Promise<void> {
    if (await this.#post("pin", item, { on: item.pinned ? "0" : "1" })) this.host.note(say(item.pinned ? "unpinned" : "pinnedNow"));
  }

  async #unread(item: Item): Promise<void> {
    if (!(await this.#post("unread", item))) return;
    this.host.unread(item.seq);
    this.host.note(say("markedUnread"));
  }

  async #retract(item: Item, article: HTMLElement): Promise<void> {
    if (!(await ask(say("retractAsk"), say("retract")))) return;
    if (!(await this.#post("retract", item))) return;
    this.host.note(say("retracted"));
    this.host.next(article);
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.host.note(say("copied"));
    } catch {
      this.host.note(`${say("copyFailed")} ${text}`);
    }
  }

  async #versions(item: Item): Promise<void> {
    const found = await this.#get<{ versions: { html: string; until: string }[] }>("versions", item);
    if (!found) return;
    showDialog(
      say("versions"),
      html`<ol class="deeds__v">${found.versions.map(
        (one) => html`<li><p class="m__t">${say("until", { time: moment(one.until) })}</p><div class="m__x">${unsafeHTML(one.html)}</div></li>`,
      )}</ol>`,
    );
  }

  async #readers(item: Item): Promise<void> {
    const found = await this.#get<{ people: { name: string; place: string }[]; allowed: boolean }>("readers", item);
    if (!found) return;
    const people = html`<ul class="mems">${found.people.map((one) => html`<li><span><b>${one.name}</b><small>${one.place}</small></span></li>`)}</ul>`;
    const none = html`<p>${say(found.allowed ? "noReaders" : "readersOff")}</p>`;
    showDialog(say("readers"), found.people.length ? people : none);
  }
}

const moment = (at: string): string => `${dayName(new Date(at))}, ${clock(new Date(at))}`;

function reacted(all: Reaction[], sign: string, me: number, on: boolean): Reaction[] {
  const others = all.find((one) => one.sign === sign)?.people.filter((person) => person !== me) ?? [];
  const people = on ? [...others, me] : others;
  if (!all.some((one) => one.sign === sign)) return [...all, { sign, people }];
  return all.map((one) => (one.sign === sign ? { sign, people } : one)).filter((one) => one.people.length);
}
