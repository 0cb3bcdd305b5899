import { countWord, word } from "../../lib/words";
import type { Named } from "./kept";
import { insertText } from "./text";

const ASK_AFTER = 120;
const SHOWN = 8;
const LONGEST = 40;

interface Someone extends Named {
  place: string;
  initials: string;
  hue: string;
}

interface Answer {
  people: Someone[];
  everyone: boolean;
}

export interface MentionsHost {
  /** Texts of the composer. */
  readonly words: HTMLElement;
  readonly peopleUrl: string;
  /** What one types to name all. */
  readonly everyone: string;
  speak(text: string): void;
  named(person: Named): void;
}

const fold = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** The list of people that comes with an `@`: arrows walk in it, Enter and Tab take, Escape closes. */
export class Mentions {
  #asked = new Map<string, Answer>();
  #known = new Map<number, Someone>();
  #options: { text: string; person?: Someone }[] = [];
  #at = 0;
  #from = -1;
  /** The `@` at which the list was closed or somebody taken: it does not come back there. */
  #shut = -1;
  #timer = 0;
  #told = "";

  constructor(
    private readonly box: HTMLTextAreaElement,
    private readonly list: HTMLElement,
    private readonly host: MentionsHost,
  ) {
    box.addEventListener("input", () => this.#look());
    box.addEventListener("click", () => this.#look());
    box.addEventListener("blur", () => this.close());
    // A press on the list must not take the focus out of the box.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as HTMLElement).closest<HTMLElement>("[role=option]");
      if (option) this.#take(Number(option.dataset.n));
    });
  }

  get open(): boolean {
    return !this.list.hidden;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#told = "";
    this.list.hidden = true;
    this.list.replaceChildren();
    this.box.removeAttribute("aria-activedescendant");
  }

  /** A key in the box; true when it was for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.open || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#mark((this.#at + step + this.#options.length) % this.#options.length);
    } else if (event.key === "Escape") {
      this.#shut = this.#from;
      this.close();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#take(this.#at);
    else return false;
    return true;
  }

  /** The word behind the last `@` before the caret: at most two words, as names go. */
  #token(): { from: number; words: string } | undefined {
    if (this.box.selectionStart !== this.box.selectionEnd) return undefined;
    const before = this.box.value.slice(0, this.box.selectionStart);
    const found = /(?:^|[\s(„"])@([^\s@]*(?: [^\s@]+)?)$/u.exec(before);
    if (!found || found[1]!.length > LONGEST) return undefined;
    return { from: before.length - found[1]!.length - 1, words: found[1]! };
  }

  #look(): void {
    clearTimeout(this.#timer);
    const token = this.#token();
    if (!token) this.#shut = -1;
    if (!token || token.from === this.#shut) {
      this.close();
      return;
    }
    this.#timer = window.setTimeout(() => void this.#find(token), this.open ? 0 : ASK_AFTER);
  }

  async #find(token: { from: number; words: string }): Promise<void> {
    const answer = await this.#ask(token.words);
    const now = this.#token();
    if (now?.from !== token.from || now.words !== token.words || document.activeElement !== this.box) return;
    this.#from = token.from;
    this.#options = answer.people.slice(0, SHOWN).map((person) => ({ text: person.name, person }));
    if (answer.everyone && this.host.everyone.startsWith(fold(token.words)))
      this.#options.unshift({ text: this.host.everyone });
    this.#show();
  }

  async #ask(words: string): Promise<Answer> {
    const key = fold(words).trim();
    const before = this.#asked.get(key);
    if (before) return before;
    try {
      const response = await fetch(`${this.host.peopleUrl}?q=${encodeURIComponent(words.trim())}`, {
        headers: { accept: "application/json" },
      });
      if (!response.ok || response.redirected) throw new Error();
      const answer = (await response.json()) as Answer;
      for (const person of answer.people) this.#known.set(person.id, person);
      this.#asked.set(key, answer);
      return answer;
    } catch {
      // Without a connection those are offered who were seen before.
      const people = [...this.#known.values()].filter(({ name }) =>
        fold(name)
          .split(" ")
          .some((_, n, parts) => parts.slice(n).join(" ").startsWith(key)),
      );
      return { people, everyone: this.#asked.get("")?.everyone ?? false };
    }
  }

  #show(): void {
    if (!this.#options.length) {
      this.close();
      return;
    }
    this.list.replaceChildren(...this.#options.map((one, n) => this.#option(one, n)));
    this.list.hidden = false;
    this.#mark(0);
    const count = countWord(this.host.words, "found", this.#options.length);
    if (count !== this.#told) this.host.speak(count);
    this.#told = count;
  }

  #option({ text, person }: { text: string; person?: Someone }, n: number): HTMLElement {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${n}`;
    option.dataset.n = String(n);
    option.setAttribute("role", "option");
    const face = document.createElement("span");
    face.className = `avatar avatar--${person?.hue ?? "blue"} avatar--s`;
    face.setAttribute("aria-hidden", "true");
    face.textContent = person?.initials ?? "@";
    const name = document.createElement("b");
    name.textContent = person ? text : `@${text}`;
    const place = document.createElement("small");
    place.textContent = person ? person.place : word(this.host.words, "everyoneHint");
    option.append(face, name, " ", place);
    return option;
  }

  #mark(at: number): void {
    this.#at = at;
    for (const [n, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(n === at));
      if (n !== at) continue;
      this.box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  #take(at: number): void {
    const one = this.#options[at];
    if (!one) return;
    const from = this.#from;
    if (one.person) this.host.named({ id: one.person.id, name: one.person.name });
    this.#shut = from;
    this.close();
    insertText(this.box, `@${one.text} `, from, this.box.selectionStart);
  }
}
