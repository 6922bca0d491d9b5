import { all, define, one } from "../dom";
import { EXPIRED } from "./session";

/**
 * `<x-index>` around a list. Its side panel is asked for in place: the address says `?peek=`, so it can be sent to
 * somebody, and Back closes it. The keys that walk over the rows are in hotkeys.ts. Without script the same links open
 * the page with the panel in it.
 */
class Index extends HTMLElement {
  #asked = new AbortController();

  connectedCallback(): void {
    this.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", this.#key);
    window.addEventListener("popstate", this.#back);
    this.#mark();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
    window.removeEventListener("popstate", this.#back);
  }

  get isPeeking(): boolean {
    return one(".peek", this) !== null;
  }

  /** Show the panel of the row that this element is in; again: close it. */
  peek(within: Element | null): void {
    const link = one<HTMLAnchorElement>("a[data-peek]", within?.closest("tr") ?? undefined);
    if (!link) return;
    if (link.closest("tr")?.classList.contains("peeked")) this.close();
    else void this.#open(link.href, true);
  }

  close(): void {
    if (!this.isPeeking) return;
    const url = new URL(location.href);
    url.searchParams.delete("peek");
    history.pushState({}, "", url);
    this.#empty();
  }

  #click(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    if (event.target.closest("a[data-close]")) {
      event.preventDefault();
      this.close();
    } else if (event.target.closest("a[data-peek]")) {
      event.preventDefault();
      this.peek(event.target);
    }
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.isPeeking && !one("dialog[open], details.pop[open]")) this.close();
  };

  #back = (): void => {
    if (new URL(location.href).searchParams.has("peek")) void this.#open(location.href, false);
    else this.#empty();
  };

  async #open(address: string, isNew: boolean): Promise<void> {
    this.#asked.abort();
    this.#asked = new AbortController();
    const url = new URL(address, location.href);
    const part = new URL(url);
    part.searchParams.set("part", "peek");
    try {
      const answer = await fetch(part, { signal: this.#asked.signal, headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401) {
        document.dispatchEvent(new Event(EXPIRED));
        return;
      }
      if (!answer.ok || answer.redirected) {
        location.assign(url);
        return;
      }
      const place = one("#peek", this);
      if (place) place.innerHTML = await answer.text();
      if (isNew) history.pushState({}, "", url);
      this.#mark();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  #empty(): void {
    const row = one("tr.peeked", this);
    const hadFocus = one("#peek", this)?.contains(document.activeElement);
    one("#peek", this)?.replaceChildren();
    this.#mark();
    if (hadFocus) one(".quietlink", row ?? undefined)?.focus();
  }

  #mark(): void {
    const open = this.isPeeking ? new URL(location.href).searchParams.get("peek") : null;
    for (const link of all("a[data-peek]", this)) {
      link.closest("tr")?.classList.toggle("peeked", link.dataset.peek === open);
    }
  }
}

define("x-index", Index);

export { Index };
