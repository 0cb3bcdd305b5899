import { announce } from "../../lib/announce";
import { countWord } from "../../lib/words";

const NEAR = [50, 10, 0];

/** A field with `maxlength` shows how many characters are left; near the end it is also said. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLTextAreaElement || root instanceof HTMLInputElement) || root.maxLength <= 0) return;
  const line = document.createElement("p");
  line.className = "counter";
  line.id = `${root.id}_left`;
  root.after(line);
  root.setAttribute("aria-describedby", `${root.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  let before = root.maxLength;
  const show = () => {
    const left = root.maxLength - root.value.length;
    line.textContent = countWord(root, "left", left);
    line.classList.toggle("is-short", left <= 50);
    if (NEAR.some((limit) => left <= limit && before > limit)) announce(line.textContent);
    before = left;
  };
  root.addEventListener("input", show);
  show();
}
