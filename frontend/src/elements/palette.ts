import { all, define, one } from "../dom";
import { EXPIRED } from "./session";

const PAUSE = 120;

/**
 * Ctrl+K. The server renders the answers; this only asks, walks and opens.
 * Without script the same words live behind the plain search link.
 */
class Palette extends HTMLElement {
  #dialog = one<HTMLDialogElement>("dialog", this);
  #input = one<HTMLInputElement>("input", this);
  #list = one("[role=listbox]", this);
  #asked = new AbortController();
  #timer = 0;

  connectedCallback(): void {
    document.addEventListener("keydown", this.#key);
    document.addEventListener("click", this.#click);
    this.#input?.addEventListener("input", () => {
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#ask(), PAUSE);
    });
    this.#input?.addEventListener("keydown", (event) => this.#walk(event));
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
    document.removeEventListener("click", this.#click);
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#open();
    }
  };

  #click = (event: MouseEvent): void => {
    const opener = event.target instanceof Element ? event.target.closest("[data-palette]") : null;
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#open();
  };

  #open(): void {
    if (!this.#dialog || this.#dialog.open) return;
    this.#dialog.showModal();
    this.#input?.select();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asked.abort();
    this.#asked = new AbortController();
    const url = new URL(this.dataset.url ?? "", location.href);
    url.searchParams.set("q", this.#input?.value ?? "");
    url.searchParams.set("part", "palette");
    try {
      const answer = await fetch(url, { signal: this.#asked.signal, headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401) {
        this.#dialog?.close();
        document.dispatchEvent(new Event(EXPIRED));
      }
      if (!answer.ok || !this.#list) return;
      this.#list.innerHTML = await answer.text();
      this.#offerDeeds();
      this.#choose(this.#options()[0]);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** Rows are ticked on the page: what can be done with them comes first. */
  #offerDeeds(): void {
    const bar = one("[data-bar]:not([hidden])");
    const wanted = (this.#input?.value ?? "").trim().toLocaleLowerCase();
    const deeds = all<HTMLButtonElement>("button[formaction]", bar ?? document.createElement("i")).filter((each) =>
      (each.textContent ?? "").toLocaleLowerCase().includes(wanted),
    );
    if (!bar || deeds.length === 0) return;
    const group = document.createElement("div");
    const title = document.createElement("h2");
    group.setAttribute("role", "group");
    title.setAttribute("role", "presentation");
    title.id = "deeds";
    group.setAttribute("aria-labelledby", title.id);
    title.textContent = one(".count > span", bar)?.textContent?.trim() ?? "";
    group.append(title);
    deeds.forEach((deed, place) => {
      const option = document.createElement("button");
      option.type = "button";
      option.className = "opt";
      option.id = `deed-${place}`;
      option.setAttribute("role", "option");
      option.tabIndex = -1;
      option.innerHTML = deed.innerHTML;
      option.addEventListener("click", () => {
        this.#dialog?.close();
        deed.click();
      });
      group.append(option);
    });
    this.#list?.prepend(group);
  }

  #options(): HTMLElement[] {
    return this.#list ? all("[role=option]", this.#list) : [];
  }

  #walk(event: KeyboardEvent): void {
    const options = this.#options();
    const here = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.#choose(options[(here + 1) % options.length]);
    else if (event.key === "ArrowUp") this.#choose(options[(here - 1 + options.length) % options.length]);
    else if (event.key === "Enter" && options[here]) options[here].click();
    else return;
    event.preventDefault();
  }

  #choose(option: HTMLElement | undefined): void {
    for (const each of this.#options()) each.setAttribute("aria-selected", String(each === option));
    if (option) {
      this.#input?.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.#input?.removeAttribute("aria-activedescendant");
  }
}

define("x-palette", Palette);
