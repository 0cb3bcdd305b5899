import { csrfToken } from "../../lib/csrf";

/** Change the words of an own message: true, or the server's reason why not; empty when the server was not reached. */
export async function amend(url: string, body: string): Promise<true | string> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { accept: "application/json", "x-csrftoken": csrfToken() },
      body: new URLSearchParams({ body }),
    });
    if (response.ok && !response.redirected) return true;
    return ((await response.json()) as { reason?: string }).reason ?? "";
  } catch {
    return "";
  }
}
