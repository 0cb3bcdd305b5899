const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite, hidden from screen readers; the same markup as the component `<c-icon>`. */
export function icon(name: string, css = ""): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${css}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#i-${name}`);
  svg.append(use);
  return svg;
}
