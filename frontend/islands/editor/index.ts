/** The tool bar above a Markdown text area; its elements are fetched only by pages that have one. */
export function mount(root: HTMLElement): void {
  void import("@github/markdown-toolbar-element").then(() => {
    const bar = root.querySelector<HTMLElement>("markdown-toolbar");
    if (bar) bar.hidden = false;
  });
}
