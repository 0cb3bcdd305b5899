function button(css: string, text: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.className = `kern-btn kern-btn--${css}`;
  const label = document.createElement("span");
  label.className = "kern-label";
  label.textContent = text;
  made.append(label);
  return made;
}

/** Ask a question in a dialog; true when the answer was `yes`, false for `no`, Escape and everything else. */
export function ask(question: string, yes: string, no: string): Promise<boolean> {
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
  actions.append(go, button("secondary", no));
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
