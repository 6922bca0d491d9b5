/**
 * A page that stands in a frame on another website (`embed.ts` has made the frame). It answers the page around it, and
 * only that one, once it has been greeted: how high it is, and that Escape was pressed. What leads out of the booking
 * opens in a window of its own, because other pages do not show themselves in frames.
 */
import { all } from "../dom";

if (document.documentElement.dataset.framed !== undefined && window.parent !== window) {
  let answer = (_said: object): void => undefined;
  const height = (): void => answer({ flectar: "height", height: Math.ceil(document.body.getBoundingClientRect().height) });

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || (event.data as { flectar?: string } | null)?.flectar !== "hello") return;
    answer = (said) => window.parent.postMessage(said, event.origin);
    height();
  });
  new ResizeObserver(height).observe(document.body);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) answer({ flectar: "escape" });
  });
  for (const link of all<HTMLAnchorElement>("a[href]")) {
    if (link.origin === location.origin && link.pathname.startsWith("/embed/")) continue;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
}
