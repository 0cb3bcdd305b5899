/** Desks are shared: signing out leaves no draft and no message on this device. The theme stays. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement)) return;
  root.addEventListener("submit", () => {
    try {
      for (const key of Object.keys(localStorage)) if (key !== "theme") localStorage.removeItem(key);
      sessionStorage.clear();
    } catch {
      // Storage is switched off: nothing was kept.
    }
    // Tabs with a conversation open keep drafts of it.
    if ("BroadcastChannel" in window) new BroadcastChannel("lotsennetz-forget").postMessage("forget");
    void indexedDB.databases?.().then((all) => {
      for (const { name } of all) if (name) indexedDB.deleteDatabase(name);
    });
  });
}
