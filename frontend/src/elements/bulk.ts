import { all, define, one } from "../dom";

/**
 * `<x-bulk>` around a list with a box in each row and a bar of deeds. The bar comes with the first tick and counts.
 * Shift takes all boxes between two clicks. Without script the bar stands below the list all the time.
 */
class Bulk extends HTMLElement {
  #last = -1;

  connectedCallback(): void {
    this.addEventListener("click", (event) => this.#range(event));
    this.addEventListener("change", (event) => {
      const box = event.target;
      if (box instanceof HTMLInputElement && box.matches("[data-all]")) {
        for (const each of this.#boxes()) each.checked = box.checked;
      }
      if (box instanceof HTMLInputElement && box.matches("[data-row]") && !box.checked) this.#few();
      if (box instanceof HTMLInputElement && box.matches("[data-everything]") && box.checked) {
        for (const each of this.#boxes()) each.checked = true;
      }
      this.#look();
    });
    one("[data-clear]", this)?.addEventListener("click", () => {
      for (const each of this.#boxes()) each.checked = false;
      this.#few();
      this.#look();
    });
    this.#look();
  }

  #boxes(): HTMLInputElement[] {
    return all<HTMLInputElement>("input[type=checkbox][data-row]", this);
  }

  #range(event: MouseEvent): void {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches("[data-row]")) return;
    const boxes = this.#boxes();
    const here = boxes.indexOf(box);
    if (event.shiftKey && this.#last >= 0) {
      const [from, to] = [Math.min(here, this.#last), Math.max(here, this.#last)];
      for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
    }
    this.#last = here;
  }

  /** Whoever takes one out does not mean everything any more. */
  #few(): void {
    const everything = one<HTMLInputElement>("[data-everything]", this);
    if (everything) everything.checked = false;
  }

  #look(): void {
    const boxes = this.#boxes();
    const count = boxes.filter((each) => each.checked).length;
    for (const each of boxes) each.closest("tr")?.classList.toggle("on", each.checked);
    const whole = one<HTMLInputElement>("[data-all]", this);
    if (whole) {
      whole.checked = count > 0 && count === boxes.length;
      whole.indeterminate = count > 0 && count < boxes.length;
      whole.classList.toggle("some", whole.indeterminate);
    }
    const bar = one("[data-bar]", this);
    if (bar) bar.hidden = count === 0;
    const everything = one<HTMLInputElement>("[data-everything]", this);
    const words = one("[data-count]", this);
    if (words) words.textContent = everything?.checked ? everything.dataset.everything || `${count}+` : String(count);
    const offer = everything?.closest("label");
    if (offer) offer.hidden = count < boxes.length;
  }
}

define("x-bulk", Bulk);
