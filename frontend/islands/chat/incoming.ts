/** Files that are dragged anywhere onto `zone` and let go there; a word over it says so meanwhile. */
export function dropZone(zone: HTMLElement, text: string, take: (files: File[]) => void): void {
  const cover = document.createElement("div");
  cover.className = "cm__drop";
  cover.hidden = true;
  cover.setAttribute("aria-hidden", "true");
  cover.textContent = text;
  zone.append(cover);
  const files = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
  zone.addEventListener("dragenter", (event) => {
    if (files(event)) cover.hidden = false;
  });
  zone.addEventListener("dragover", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "copy";
    cover.hidden = false;
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget as Node | null)) cover.hidden = true;
  });
  zone.addEventListener("drop", (event) => {
    cover.hidden = true;
    if (!files(event)) return;
    event.preventDefault();
    take([...event.dataTransfer!.files]);
  });
  // A file that misses must not replace the page.
  for (const kind of ["dragover", "drop"] as const)
    addEventListener(kind, (event) => {
      if (files(event as DragEvent) && !zone.contains(event.target as Node)) event.preventDefault();
    });
}

/** Pictures and files of a paste. Text is left to the box, also where a program brings a picture of it along. */
export function pastedFiles(event: ClipboardEvent, name: string): File[] {
  const data = event.clipboardData;
  if (!data || data.types.includes("text/plain")) return [];
  return [...data.files].map((file) => {
    // What was copied on the screen is called "image.png" by every browser.
    if (!/^image\.\w+$/.test(file.name)) return file;
    return new File([file], `${name}.${file.type.split("/")[1] ?? "png"}`, { type: file.type });
  });
}
