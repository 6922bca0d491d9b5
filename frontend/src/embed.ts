/**
 * Booking on somebody else's website: `<a href="https://salon.example/book" data-flectar="inline">Book</a>` becomes the
 * booking itself, in its place (`inline`) or over the page when it is pressed (`dialog`). Without this script, and where
 * the owner has not let the website in, the link is a link. It keeps nothing and asks nobody but the link's own host.
 *
 * A classic script in a page that is not ours: no name of ours stands outside, styles are set one by one because the
 * page's policy may forbid sheets, and every message is checked for the window and the origin that it comes from.
 */
(() => {
  type Said = { flectar?: string; height?: number } | null;
  const PATIENCE = 4000;

  const framed = (link: HTMLAnchorElement): HTMLIFrameElement => {
    const frame = document.createElement("iframe");
    frame.src = `${link.origin}/embed${link.pathname}${link.search}`;
    frame.title = link.textContent?.trim() || link.href;
    Object.assign(frame.style, { width: "100%", border: "0", display: "block", colorScheme: "normal" });
    return frame;
  };

  /** Greets each page that comes into the frame, and hears its answers; nobody else's. Ends with the frame. */
  const listen = (frame: HTMLIFrameElement, origin: string, hear: (said: NonNullable<Said>) => void): void => {
    const heard = (event: MessageEvent): void => {
      if (!frame.isConnected) window.removeEventListener("message", heard);
      else if (event.origin === origin && event.source === frame.contentWindow && event.data) hear(event.data as NonNullable<Said>);
    };
    window.addEventListener("message", heard);
    frame.addEventListener("load", () => frame.contentWindow?.postMessage({ flectar: "hello" }, origin));
  };

  const inline = (link: HTMLAnchorElement): void => {
    const frame = framed(link);
    frame.style.height = "0";
    listen(frame, link.origin, (said) => {
      if (said.flectar !== "height" || typeof said.height !== "number") return;
      link.style.display = "none";
      frame.style.height = `${Math.min(Math.max(said.height, 100), 20_000)}px`;
    });
    /* The next step begins at its top, also when the one before was long. */
    frame.addEventListener("load", () => {
      if (frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    });
    link.after(frame);
  };

  const dialog = (link: HTMLAnchorElement): void => {
    const frame = framed(link);
    const around = document.createElement("dialog");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = link.dataset.close ?? "Close";
    around.setAttribute("aria-label", frame.title);
    Object.assign(around.style, {
      width: "min(64rem, 100vw)", maxWidth: "100vw", height: "min(56rem, 100dvh)", maxHeight: "100dvh",
      margin: "auto", padding: "0", border: "0", overflow: "hidden", background: "Canvas", color: "CanvasText",
    });
    Object.assign(close.style, {
      height: "3rem", width: "100%", padding: "0 1rem", border: "0", font: "inherit", textAlign: "end",
      background: "Canvas", color: "CanvasText", cursor: "pointer",
    });
    frame.style.height = "calc(100% - 3rem)";
    let patience = 0;
    listen(frame, link.origin, (said) => {
      window.clearTimeout(patience);
      if (said.flectar === "escape") around.close();
    });
    frame.addEventListener("load", () => {
      window.clearTimeout(patience);
      patience = window.setTimeout(() => around.isConnected && location.assign(link.href), PATIENCE);
    });
    close.addEventListener("click", () => around.close());
    around.addEventListener("close", () => {
      around.remove();
      link.focus();
    });
    around.append(close, frame);
    document.body.append(around);
    around.showModal();
  };

  const begin = (): void => {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-flectar]")) {
      if (link.dataset.flectarReady) continue;
      link.dataset.flectarReady = "yes";
      if (link.dataset.flectar === "inline") inline(link);
      else
        link.addEventListener("click", (event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          dialog(link);
        });
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
