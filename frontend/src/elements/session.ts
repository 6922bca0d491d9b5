import { all, define, one } from "../dom";

/** The server has not been heard of for so long: ask it before a form is sent. */
const PATIENCE = 60_000;
export const EXPIRED = "flectar:expired";

interface Here {
  person: string;
  token: string;
}

/**
 * `<x-session>` around a dialog. A session may end while somebody types. Before a form of an old page is sent, this
 * asks who is signed in: the same person goes on with a fresh token; anybody else gets the dialog, signs in in another
 * tab, comes back, and the form goes out as it was typed. Without script the server keeps it for an hour and puts it
 * into the form again (platform/projects/drafts.py).
 */
class Session extends HTMLElement {
  #dialog = one<HTMLDialogElement>("dialog", this);
  #heardAt = Date.now();
  #goOn: (() => void) | null = null;

  connectedCallback(): void {
    document.addEventListener("submit", this.#submit, true);
    document.addEventListener(EXPIRED, this.#show);
    document.addEventListener("htmx:response:error", this.#refused);
    document.addEventListener("visibilitychange", this.#back);
    window.addEventListener("focus", this.#back);
    one("[data-retry]", this)?.addEventListener("click", () => void this.#retry());
  }

  disconnectedCallback(): void {
    document.removeEventListener("submit", this.#submit, true);
    document.removeEventListener(EXPIRED, this.#show);
    document.removeEventListener("htmx:response:error", this.#refused);
    document.removeEventListener("visibilitychange", this.#back);
    window.removeEventListener("focus", this.#back);
  }

  #submit = (event: SubmitEvent): void => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || Date.now() - this.#heardAt < PATIENCE) return;
    // Nobody else may see it yet: other habits of forms would take it for sent.
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    void this.#ask(() => form.requestSubmit(submitter));
  };

  #refused = (event: Event): void => {
    const status = (event as CustomEvent<{ ctx?: { response?: { status?: number } } }>).detail?.ctx?.response?.status;
    if (status === 401) this.#show();
  };

  #show = (): void => {
    if (this.#dialog && !this.#dialog.open) this.#dialog.showModal();
  };

  #back = (): void => {
    if (this.#dialog?.open && !document.hidden) void this.#retry();
  };

  async #retry(): Promise<void> {
    await this.#ask(this.#goOn ?? (() => undefined));
  }

  async #ask(goOn: () => void): Promise<void> {
    this.#goOn = goOn;
    let here: Here = { person: this.dataset.person ?? "", token: "" };
    try {
      here = (await (await fetch(this.dataset.here ?? "", { cache: "no-store" })).json()) as Here;
    } catch {
      // No network: let the browser say so in its own words, with the form as it is.
    }
    const stranger = one("[data-stranger]", this);
    if (stranger) stranger.hidden = here.person === "" || here.person === this.dataset.person;
    if (here.person !== this.dataset.person) {
      this.#show();
      return;
    }
    if (here.token) for (const field of all<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) field.value = here.token;
    this.#heardAt = Date.now();
    this.#goOn = null;
    this.#dialog?.close();
    goOn();
  }
}

define("x-session", Session);
