import { announce } from "../../lib/announce";
import { countWord, word } from "../../lib/words";

export type Suggestion = { value: string; label: string; hint?: string };

let number = 0;

/** Make a text field an ARIA combobox with a list from `url` (JSON list of suggestions); `choose` gets the choice. */
export function combobox(input: HTMLInputElement, url: string, choose: (choice: Suggestion) => void): void {
  const box = document.createElement("div");
  box.className = "suggest";
  const list = document.createElement("div");
  list.className = "suggest__list";
  list.id = `suggest-${++number}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word(input, "suggestions"));
  list.hidden = true;
  input.before(box);
  box.append(input, list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);

  const least = Number(input.dataset.suggestMin ?? 2);
  let found: Suggestion[] = [];
  let active = -1;
  let timer = 0;
  let asked: AbortController | undefined;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    list.replaceChildren();
    found = [];
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (index: number) => {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = list.children[index];
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const take = (index: number) => {
    const choice = found[index];
    if (!choice) return;
    close();
    choose(choice);
  };
  const draw = () => {
    list.replaceChildren(
      ...found.map((suggestion, index) => {
        const option = document.createElement("div");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const label = document.createElement("b");
        label.textContent = suggestion.label;
        option.append(label);
        if (suggestion.hint) {
          const hint = document.createElement("small");
          hint.textContent = suggestion.hint;
          option.append(" ", hint);
        }
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => take(index));
        return option;
      }),
    );
    active = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    announce(found.length ? countWord(input, "suggestCount", found.length) : word(input, "suggestNone"));
  };
  const ask = async () => {
    asked?.abort();
    const query = input.value.trim();
    if (query.length < least) return close();
    asked = new AbortController();
    try {
      const address = new URL(url, location.href);
      address.searchParams.set("q", query);
      const response = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!response.ok) return close();
      const data = (await response.json()) as Suggestion[] | { results: Suggestion[] };
      found = Array.isArray(data) ? data : data.results;
      if (document.activeElement === input) draw();
    } catch {
      // Typed on, or no connection: the field works as plain text.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = active < 0 && step < 0 ? 0 : active;
      point((from + step + found.length) % found.length);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  input.addEventListener("blur", close);
}
