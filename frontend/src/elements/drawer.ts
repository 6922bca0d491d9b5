import { define, one } from "../dom";
import { EXPIRED } from "./session";

/** `<x-drawer>` around a link and an empty dialog: the link's `data-open` comes into the dialog, beside the page. */
class Drawer extends HTMLElement {
  connectedCallback(): void {
    const link = one<HTMLAnchorElement>("a[data-open]", this);
    const dialog = one<HTMLDialogElement>("dialog", this);
    if (!link || !dialog) return;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.#open(link, dialog);
    });
  }

  async #open(link: HTMLAnchorElement, dialog: HTMLDialogElement): Promise<void> {
    const answer = await fetch(link.dataset.open ?? link.href, { headers: { "X-Requested-With": "fetch" } });
    if (answer.status === 401) {
      document.dispatchEvent(new Event(EXPIRED));
      return;
    }
    if (!answer.ok || answer.redirected) {
      location.assign(link.href);
      return;
    }
    dialog.innerHTML = await answer.text();
    dialog.showModal();
  }
}

define("x-drawer", Drawer);
