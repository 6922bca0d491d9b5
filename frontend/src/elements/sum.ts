import { define, one } from "../dom";

/** `<x-sum>` in a form: what it costs. When something in `[data-sum]` changes, the server says the new sum. */
class Sum extends HTMLElement {
  private asking?: AbortController;

  connectedCallback(): void {
    this.setAttribute("aria-live", "polite");
    this.closest("form")?.addEventListener("change", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-sum]")) void this.ask();
    });
  }

  private async ask(): Promise<void> {
    const form = this.closest("form");
    if (!form) return;
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    typed.set("look", "1");
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed, signal: this.asking.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = one("x-sum", page);
      const button = one("[data-book]", page);
      const shown = one("[data-book]", form);
      if (fresh) {
        const focused = this.contains(document.activeElement) ? document.activeElement?.id : "";
        this.replaceChildren(...fresh.childNodes);
        if (focused) document.getElementById(focused)?.focus();
      }
      if (button && shown) shown.textContent = button.textContent;
      // What is ticked does not fit any more: the page with the other times says so.
      if (!fresh) one<HTMLButtonElement>("button[name=look]", form)?.click();
    } catch {
      // Offline, or asked again meanwhile: the server says the price once more before it books.
    }
  }
}

define("x-sum", Sum);
