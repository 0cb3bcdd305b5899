import { store } from "../../lib/store";

type Theme = "light" | "dark" | "system";

const KEY = "theme"; // also read by static/toolkit/theme.js, before the first paint

function current(): Theme {
  const theme = store.get(KEY);
  return theme === "light" || theme === "dark" ? theme : "system";
}

function apply(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") {
    store.remove(KEY);
    delete root.dataset.kernTheme;
  } else {
    store.set(KEY, theme);
    root.dataset.kernTheme = theme;
  }
}

/** Buttons with `data-theme`: light, dark, or as the system has it. */
export function mount(root: HTMLElement): void {
  const buttons = [...root.querySelectorAll<HTMLButtonElement>("button[data-theme]")];
  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.theme === current()));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      apply(button.dataset.theme as Theme);
      show();
    });
  }
  // Another tab may have changed it.
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    apply(current());
    show();
  });
  show();
}
