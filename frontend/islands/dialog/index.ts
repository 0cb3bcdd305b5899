document.addEventListener("click", (event) => {
  const opener = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-dialog-open]") : null;
  if (!opener) return;
  const dialog = document.getElementById(opener.dataset.dialogOpen ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault(); // the opener is a link to a page that does the same
  dialog.showModal();
});

/** A native <dialog>: any `[data-dialog-open="ID"]` opens it; its close button and a click beside it close it. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLDialogElement)) return;
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target === root || event.target.closest("[data-dialog-close]")) root.close();
  });
  // After a refused form the dialog is open again, with what was typed.
  if (root.dataset.openNow !== undefined) root.showModal();
}
