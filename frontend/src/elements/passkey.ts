import { define, one } from "../dom";

/** `<x-passkey data-deed="create|get">` around a form with a hidden `credential` field. The ceremony's options stand in
 *  the JSON script that `data-options` names, or come from the address in `data-from`. Without script, or in a browser
 *  that knows no passkeys, nothing is shown: the page offers other ways beside it. */
class Passkey extends HTMLElement {
  connectedCallback(): void {
    const form = one<HTMLFormElement>("form", this);
    if (!form || !window.PublicKeyCredential) {
      this.hidden = true;
      return;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.perform(form);
    });
  }

  private async perform(form: HTMLFormElement): Promise<void> {
    const problem = one("[data-problem]", this);
    const button = one<HTMLButtonElement>("button", form);
    if (problem) problem.hidden = true;
    if (button) button.disabled = true;
    try {
      const options = await this.options();
      const made = await (this.dataset.deed === "create" ? create(options) : get(options));
      one<HTMLInputElement>("[name=credential]", form)!.value = JSON.stringify(made);
      form.submit();
    } catch {
      // The person closed the browser's window, or this device has no passkey for us: both are said in one sentence.
      if (problem) problem.hidden = false;
      if (button) button.disabled = false;
    }
  }

  private async options(): Promise<PublicKey> {
    const { from, options } = this.dataset;
    const found = options
      ? (JSON.parse(document.getElementById(options)?.textContent ?? "{}") as Ceremony)
      : ((await (await fetch(from ?? "", { headers: { Accept: "application/json" } })).json()) as Ceremony);
    return (found.creation_options ?? found.request_options)!.publicKey;
  }
}

/** As the server writes it: bytes in base64url. */
interface PublicKey {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: Descriptor[];
  allowCredentials?: Descriptor[];
  [name: string]: unknown;
}
interface Descriptor {
  type: "public-key";
  id: string;
}
interface Ceremony {
  creation_options?: { publicKey: PublicKey };
  request_options?: { publicKey: PublicKey };
}

/** A passkey that signs in by itself: kept on the device, and opened by finger, face or PIN. */
async function create(options: PublicKey): Promise<unknown> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user!, id: bytes(options.user!.id) },
    excludeCredentials: options.excludeCredentials?.map(described),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return written(made, {
    attestationObject: text(response.attestationObject),
    clientDataJSON: text(response.clientDataJSON),
    transports: response.getTransports(),
  });
}

async function get(options: PublicKey): Promise<unknown> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials?.map(described),
  } as unknown as PublicKeyCredentialRequestOptions;
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = found.response as AuthenticatorAssertionResponse;
  return written(found, {
    authenticatorData: text(response.authenticatorData),
    clientDataJSON: text(response.clientDataJSON),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  });
}

const described = (one: Descriptor) => ({ ...one, id: bytes(one.id) });

const written = (credential: PublicKeyCredential, response: object) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  response,
  clientExtensionResults: credential.getClientExtensionResults(),
});

/* PublicKeyCredential's own parse…FromJSON and toJSON are not in every browser that we serve (Safari before 18.4). */
const bytes = (base64url: string): Uint8Array =>
  Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

define("x-passkey", Passkey);
