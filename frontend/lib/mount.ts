/** An island gets its root element and does its work there; it may be called again for new content. */
export type Mount = (root: HTMLElement) => void;

const mounted = new WeakMap<HTMLElement, Set<string>>();

/** Mount each island named in `data-island` (several names are separated by spaces) below `scope`, once. */
export function mountAll(islands: Readonly<Record<string, Mount>>, scope: ParentNode = document): void {
  const roots = [...scope.querySelectorAll<HTMLElement>("[data-island]")];
  if (scope instanceof HTMLElement && scope.dataset.island) roots.unshift(scope);
  for (const root of roots) {
    const done = mounted.get(root) ?? new Set<string>();
    mounted.set(root, done);
    for (const name of (root.dataset.island ?? "").split(/\s+/)) {
      const mount = islands[name];
      if (!mount || done.has(name)) continue;
      done.add(name);
      mount(root);
    }
  }
}
