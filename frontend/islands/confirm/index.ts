import { ask } from "../../lib/ask";
import { word } from "../../lib/words";

/** A form with `data-confirm="Question?"` asks before it is sent; without JavaScript it is sent at once. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement)) return;
  let sure = false;
  root.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    const submitter = event.submitter;
    const yes = root.dataset.confirmYes ?? submitter?.textContent?.trim() ?? word(root, "yes");
    if (!(await ask(root.dataset.confirm ?? "", yes, word(root, "cancel")))) return;
    sure = true;
    root.requestSubmit(submitter);
    sure = false;
  });
}
