import { define, one } from "../dom";

/** `<x-local-time><time datetime="…Z">…</time></x-local-time>`: the business's clock in the text, the reader's own in the tooltip. */
class LocalTime extends HTMLElement {
  connectedCallback(): void {
    const time = one<HTMLTimeElement>("time", this);
    const at = new Date(time?.dateTime ?? "");
    if (!time || Number.isNaN(at.valueOf())) return;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone === this.dataset.zone) return;
    time.title = new Intl.DateTimeFormat(document.documentElement.lang, {
      dateStyle: "medium", timeStyle: "short", timeZone: zone,
    }).format(at) + ` (${zone})`;
  }
}

define("x-local-time", LocalTime);
