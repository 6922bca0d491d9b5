import { define, one } from "../dom";

const SECONDS = 10;

/** A note that counts down and leaves. The clock stands still while it is pointed at or holds the focus. */
class Toast extends HTMLElement {
  #left = Number(this.dataset.seconds ?? SECONDS);
  #timer = 0;

  connectedCallback(): void {
    this.#show();
    this.#timer = window.setInterval(() => this.#tick(), 1000);
    one("[data-dismiss]", this)?.addEventListener("click", () => this.remove());
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.matches(":hover, :focus-within") || document.hidden) return;
    this.#left -= 1;
    if (this.#left <= 0) this.remove();
    else this.#show();
  }

  #show(): void {
    const clock = one(".left > span", this);
    if (clock) clock.textContent = String(this.#left);
    const ring = one<SVGCircleElement>("circle:last-of-type", this);
    ring?.setAttribute("stroke-dasharray", `${(62.8 * this.#left) / SECONDS} 62.8`);
  }
}

define("x-toast", Toast);
