/**
 * Texts come from the server, translated: from `data-word-NAME` of the island's root,
 * else from the element #words of the page. `{n}` and other names in braces are filled in.
 */
export function word(root: HTMLElement, name: string, values: Readonly<Record<string, string | number>> = {}): string {
  const key = `word${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const text = root.dataset[key] ?? document.getElementById("words")?.dataset[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (all, part: string) => String(values[part] ?? all));
}

/** The word for one or for many: `name` + "One" is used where it exists and `n` is 1. */
export function countWord(root: HTMLElement, name: string, n: number): string {
  return (n === 1 && word(root, `${name}One`)) || word(root, name, { n });
}
