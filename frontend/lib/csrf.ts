/** The token that Django wants back with everything that changes something; empty when the page set none. */
export function csrfToken(): string {
  return decodeURIComponent(/(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "");
}
