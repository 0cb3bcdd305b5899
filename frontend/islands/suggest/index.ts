import { combobox } from "./combobox";

/**
 * An input with `data-suggest="URL"`. The choice's label goes into the input, its value into the hidden input whose
 * id is `data-suggest-target`. Typing on empties the hidden one, so that the server never reads an old choice.
 */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLInputElement) || !root.dataset.suggest) return;
  const target = document.getElementById(root.dataset.suggestTarget ?? "");
  const hidden = target instanceof HTMLInputElement ? target : null;
  combobox(root, root.dataset.suggest, (choice) => {
    root.value = choice.label;
    if (hidden) hidden.value = choice.value;
    root.dispatchEvent(new CustomEvent("suggest:chosen", { bubbles: true, detail: choice }));
  });
  root.addEventListener("input", () => {
    if (hidden) hidden.value = "";
  });
}
