import { all, define, one } from "../dom";

/**
 * `<x-sortable>` around a list in a form: its items are put in order by their handles, with the mouse, a finger, or
 * Alt and the arrow keys. The order is sent as soon as it changes, and said to who listens. One may stand in an item
 * of another. Without script each item has buttons of its own.
 *
 * The form brings the sentences: `[data-said]` with data-place, `[data-note]` with data-saved and data-failed.
 */
class Sortable extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", (event) => this.#key(event));
    const list = one(":scope > ol", this);
    if (list) void this.#draggable(list);
  }

  async #draggable(list: HTMLElement): Promise<void> {
    const { default: Sorted } = await import("sortablejs");
    Sorted.create(list, {
      handle: one(":scope > .sort-group", list) ? ".sort-head [data-handle]" : "[data-handle]",
      draggable: "li",
      ghostClass: "taken",
      forceFallback: true, // fingers and mice alike, instead of the browser's own dragging
      fallbackTolerance: 4,
      onEnd: ({ item, oldIndex, newIndex }) => {
        if (oldIndex !== newIndex) this.#moved(item);
      },
    });
  }

  get #items(): HTMLElement[] {
    return all(":scope > ol > li", this);
  }

  /** The item whose handle this is, if it is one of this list's own. */
  #item(target: EventTarget | null): HTMLElement | null {
    const handle = target instanceof Element ? target.closest<HTMLElement>("[data-handle]") : null;
    return handle?.closest("x-sortable") === this ? handle.closest<HTMLElement>("li") : null;
  }

  #key(event: KeyboardEvent): void {
    const item = this.#item(event.target);
    if (!item || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const beside = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
    if (!beside) return;
    if (event.key === "ArrowUp") beside.before(item);
    else beside.after(item);
    if (event.target instanceof HTMLElement) event.target.focus(); // moving an element takes the focus away
    this.#moved(item);
  }

  #moved(item: HTMLElement): void {
    const items = this.#items;
    const form = this.closest("form");
    const said = form && one("[data-said]", form);
    if (said) {
      said.textContent = (said.dataset.place ?? "")
        .replace("{name}", item.dataset.name ?? "")
        .replace("{place}", String(items.indexOf(item) + 1))
        .replace("{count}", String(items.length));
    }
    if (form) void save(form);
  }
}

const waiting = new WeakMap<HTMLFormElement, boolean>(); // a form that is being sent; true: it has changed since

async function save(form: HTMLFormElement): Promise<void> {
  if (waiting.has(form)) {
    waiting.set(form, true);
    return;
  }
  waiting.set(form, false);
  const note = one("[data-note]", form);
  let isKept = false;
  try {
    const body = new FormData(form);
    body.set("quiet", "yes");
    isKept = (await fetch(form.action, { method: "POST", body, redirect: "error" })).status === 204;
  } catch {
    // Offline, or the session has ended: said below.
  }
  const changed = waiting.get(form);
  waiting.delete(form);
  if (changed) return save(form);
  if (!note) return;
  note.textContent = (isKept ? note.dataset.saved : note.dataset.failed) ?? "";
  note.classList.toggle("bad", !isKept);
}

define("x-sortable", Sortable);
