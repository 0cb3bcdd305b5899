import { word } from "../../lib/words";

function button(css: string, text: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.className = `kern-btn kern-btn--${css}`;
  const label = document.createElement("span");
  label.className = "kern-label";
  label.textContent = text;
  made.append(label);
  return made;
}

function ask(root: HTMLElement, question: string, yes: string): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog kern-level-2";
  const body = document.createElement("form");
  body.method = "dialog";
  body.className = "dialog__b dialog__b--ask";
  const title = document.createElement("h2");
  title.id = "confirm-title";
  title.textContent = question;
  dialog.setAttribute("aria-labelledby", title.id);
  const actions = document.createElement("div");
  actions.className = "form__actions";
  const go = button("primary", yes);
  go.value = "yes";
  actions.append(go, button("secondary", word(root, "cancel")));
  body.append(title, actions);
  dialog.append(body);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** A form with `data-confirm="Question?"` asks before it is sent; without JavaScript it is sent at once. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement)) return;
  let sure = false;
  root.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    const submitter = event.submitter;
    const yes = root.dataset.confirmYes ?? submitter?.textContent?.trim() ?? word(root, "yes");
    if (!(await ask(root, root.dataset.confirm ?? "", yes))) return;
    sure = true;
    root.requestSubmit(submitter);
    sure = false;
  });
}
