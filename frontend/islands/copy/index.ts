import { announce } from "../../lib/announce";
import { word } from "../../lib/words";

/** A button that copies `data-copy`, or the text of the element that `data-copy-from` selects. */
export function mount(root: HTMLElement): void {
  root.hidden = false;
  root.addEventListener("click", async () => {
    const source = root.dataset.copyFrom ? document.querySelector(root.dataset.copyFrom) : null;
    const text = source instanceof HTMLInputElement ? source.value : (source?.textContent ?? root.dataset.copy ?? "");
    const label = root.querySelector(".kern-label") ?? root;
    const before = label.textContent;
    let said = word(root, "copied");
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      said = word(root, "copyFailed");
      if (source instanceof HTMLInputElement) source.select();
    }
    label.textContent = said;
    announce(said);
    setTimeout(() => (label.textContent = before), 2500);
  });
}
