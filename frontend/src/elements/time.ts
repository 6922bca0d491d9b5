import { all, define, one } from "../dom";

/**
 * `<x-local-time data-zone="Europe/Madrid"><time datetime="…Z">…</time></x-local-time>`: the business's clock is the
 * text. Where the reader's own says something else, it stands in the tooltip; with `data-own="your time"` beside it.
 */
class LocalTime extends HTMLElement {
  connectedCallback(): void {
    const time = one<HTMLTimeElement>("time", this);
    const at = new Date(time?.dateTime ?? "");
    if (!time || Number.isNaN(at.valueOf()) || one(".own", this)) return;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const theirs = this.dataset.zone || own;
    if (said(at, own) === said(at, theirs)) return;
    if (this.dataset.own === undefined) {
      time.title = `${said(at, own)} (${own})`;
      return;
    }
    const isOtherDay = day(at, own) !== day(at, theirs);
    const beside = document.createElement("small");
    beside.className = "own";
    beside.textContent = isOtherDay ? said(at, own) : clock(at, own);
    const label = document.createElement("span");
    label.className = "vh";
    label.textContent = ` ${this.dataset.own} `;
    this.append(label, beside);
    /* What is booked from here keeps the clock of whoever books it, for mails and for their own page. */
    for (const form of document.forms) {
      if (form.method !== "post" || form.elements.namedItem("zone")) continue;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "zone", value: own });
      form.append(field);
    }
    for (const note of all("[data-own-zone]")) {
      note.hidden = false;
      const city = one("b", note);
      if (city) city.textContent = own.split("/").at(-1)?.replaceAll("_", " ") ?? own;
    }
  }
}

const language = (): string => document.documentElement.lang;
const clock = (at: Date, timeZone: string): string =>
  at.toLocaleTimeString(language(), { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone });
const day = (at: Date, timeZone: string): string =>
  at.toLocaleDateString(language(), { weekday: "short", day: "numeric", month: "short", timeZone });
const said = (at: Date, timeZone: string): string => `${day(at, timeZone)}, ${clock(at, timeZone)}`;

define("x-local-time", LocalTime);
