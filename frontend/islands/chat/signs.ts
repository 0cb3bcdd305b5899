import { say } from "./words";

/** A sign (emoji) and the name by which it is read out and found. */
export type Sign = readonly [sign: string, name: string];

let offered: Sign[] | undefined;

/** The signs that are offered, in order; the server wrote them, with their names, into the page. */
export const signs = (): Sign[] =>
  (offered ??= JSON.parse(document.getElementById("chat-signs")?.textContent ?? "[]") as Sign[]);

/** The name of a sign; one that we do not offer stands for itself. */
export const nameOf = (sign: string): string => signs().find(([one]) => one === sign)?.[1] ?? sign;

const COLUMNS = 8;

/** The grid from which a sign is picked: one for the page, in the top layer, beside whatever opened it. */
class Picker {
  readonly #panel = document.createElement("div");
  readonly #search = document.createElement("input");
  readonly #grid = document.createElement("div");
  readonly #none = document.createElement("p");
  #anchor: HTMLElement | undefined;
  #take: (sign: string) => void = () => undefined;
  #taken = false;

  constructor() {
    this.#panel.className = "signs";
    this.#panel.popover = "auto";
    this.#panel.setAttribute("role", "dialog");
    this.#panel.setAttribute("aria-label", say("signs"));
    this.#search.type = "search";
    this.#search.className = "signs__q";
    this.#search.autocomplete = "off";
    this.#search.placeholder = say("signFind");
    this.#search.setAttribute("aria-label", say("signFind"));
    this.#grid.className = "signs__g";
    this.#grid.setAttribute("role", "group");
    this.#grid.setAttribute("aria-label", say("signs"));
    this.#none.className = "signs__none";
    this.#none.setAttribute("role", "status");
    for (const [sign, name] of signs()) {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.dataset.sign = sign;
      button.title = name;
      button.setAttribute("aria-label", name);
      button.textContent = sign;
      this.#grid.append(button);
    }
    this.#panel.append(this.#search, this.#grid, this.#none);
    document.body.append(this.#panel);
    this.#listen();
  }

  open(anchor: HTMLElement, take: (sign: string) => void): void {
    this.#anchor?.setAttribute("aria-expanded", "false");
    this.#anchor = anchor;
    this.#take = take;
    this.#taken = false;
    this.#search.value = "";
    this.#filter();
    this.#panel.showPopover();
    this.#place(anchor.getBoundingClientRect());
    anchor.setAttribute("aria-expanded", "true");
    this.#search.focus();
  }

  /** Above what opened it where there is room, and never out of the window. */
  #place(at: DOMRect): void {
    const { offsetWidth: width, offsetHeight: height } = this.#panel;
    const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
    const above = at.top - height - 8;
    const top = above >= 8 ? above : Math.max(8, Math.min(at.bottom + 8, innerHeight - height - 8));
    this.#panel.style.left = `${left}px`;
    this.#panel.style.top = `${top}px`;
  }

  #shown(): HTMLButtonElement[] {
    return [...this.#grid.querySelectorAll<HTMLButtonElement>("button:not([hidden])")];
  }

  #filter(): void {
    const words = this.#search.value.trim().toLocaleLowerCase();
    for (const button of this.#grid.querySelectorAll("button")) {
      button.hidden = !button.title.toLocaleLowerCase().includes(words) && button.dataset.sign !== words;
      button.tabIndex = -1;
    }
    const [first] = this.#shown();
    if (first) first.tabIndex = 0;
    this.#none.textContent = first ? "" : say("signNone");
  }

  #choose(button: HTMLButtonElement): void {
    this.#taken = true;
    this.#panel.hidePopover();
    this.#take(button.dataset.sign!);
  }

  #listen(): void {
    this.#search.addEventListener("input", () => this.#filter());
    this.#search.addEventListener("keydown", (event) => {
      const [first] = this.#shown();
      if (!first || event.isComposing || (event.key !== "Enter" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      if (event.key === "Enter") this.#choose(first);
      else first.focus();
    });
    this.#grid.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest("button");
      if (button) this.#choose(button);
    });
    this.#grid.addEventListener("keydown", (event) => this.#walk(event));
    this.#panel.addEventListener("toggle", (event) => {
      if ((event as ToggleEvent).newState !== "closed") return;
      this.#anchor?.setAttribute("aria-expanded", "false");
      if (!this.#taken && (this.#panel.contains(document.activeElement) || document.activeElement === document.body))
        this.#anchor?.focus();
    });
  }

  #walk(event: KeyboardEvent): void {
    const all = this.#shown();
    const at = all.indexOf(event.target as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step === undefined ? undefined : at + step;
    if (to === undefined || at < 0) return;
    event.preventDefault();
    if (to < 0) {
      this.#search.focus();
      return;
    }
    const next = all[to];
    if (!next) return;
    for (const button of all) button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

let picker: Picker | undefined;

/** Let somebody pick a sign beside `anchor` (a button); `take` gets it and says where the focus goes. */
export function pickSign(anchor: HTMLElement, take: (sign: string) => void): void {
  (picker ??= new Picker()).open(anchor, take);
}
