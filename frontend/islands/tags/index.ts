import { announce } from "../../lib/announce";
import { icon } from "../../lib/icon";
import { word } from "../../lib/words";
import { combobox } from "../suggest/combobox";

/** A text field of comma separated words becomes chips; the form sends the same text as without JavaScript. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLInputElement)) return;
  const field = root;
  const input = document.createElement("input");
  input.type = "text";
  input.id = field.id;
  input.className = field.className;
  for (const name of ["aria-describedby", "aria-invalid", "maxlength", "placeholder"]) {
    const value = field.getAttribute(name);
    if (value) input.setAttribute(name, value);
  }
  Object.assign(input.dataset, field.dataset);
  delete input.dataset.island;
  field.removeAttribute("id");
  field.required = false;
  field.type = "hidden";
  const chips = document.createElement("div");
  chips.className = "tagfield";
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", word(field, "tagsChosen"));
  field.before(chips);
  field.after(input);

  let tags: string[] = [];
  const draw = () => {
    field.value = tags.join(", ");
    chips.replaceChildren(
      ...tags.map((tag) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "fchip";
        chip.append(tag, icon("close", "icon--16"));
        chip.setAttribute("aria-label", word(field, "tagRemove", { tag }));
        chip.addEventListener("click", () => {
          tags = tags.filter((other) => other !== tag);
          draw();
          announce(word(field, "tagRemoved", { tag }));
          input.focus();
          field.dispatchEvent(new Event("change", { bubbles: true }));
        });
        return chip;
      }),
    );
    chips.hidden = tags.length === 0;
  };
  const add = (text: string) => {
    for (const part of text.split(",").map((piece) => piece.trim())) {
      if (part && !tags.some((tag) => tag.toLowerCase() === part.toLowerCase())) tags.push(part);
    }
    input.value = "";
    draw();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  tags = [...new Set(field.value.split(",").map((tag) => tag.trim()).filter(Boolean))];
  draw();
  if (field.dataset.suggest) combobox(input, field.dataset.suggest, (choice) => add(choice.label));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.key === "Enter" || event.key === ",") && input.value.trim()) {
      event.preventDefault();
      add(input.value);
    } else if (event.key === "Backspace" && !input.value && tags.length) {
      tags = tags.slice(0, -1);
      draw();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  input.addEventListener("blur", () => input.value.trim() && add(input.value));
}
