/** Sign-in by the organization's issuer: authorization code flow with PKCE (RFC 7636), as a public client. The access token is then used like a key. */

import {settings} from "./settings.js";

const PENDING = "anneal.oidc";

/** Sends the browser to the issuer, which sends it back with a code. */
export async function askIssuer() {
  const {authorization_endpoint: endpoint} = await discover();
  const pending = {state: random(), verifier: random(), address: location.hash};
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  location.assign(`${endpoint}?${new URLSearchParams({
    response_type: "code",
    client_id: settings.oidc.client_id,
    redirect_uri: redirectAddress(),
    scope: settings.oidc.scopes.join(" "),
    state: pending.state,
    code_challenge: base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier)))),
    code_challenge_method: "S256",
  })}`);
}

/** The access token, if the issuer has just sent the browser back; null otherwise. Leaves the address as it was before. */
export async function tokenOfReturn() {
  const answer = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  if (!settings.oidc || !pending || !(answer.has("code") || answer.has("error"))) {
    return null;
  }
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, "", redirectAddress() + pending.address);
  if (answer.get("state") !== pending.state) {
    throw new Error("The issuer's answer belongs to another sign-in. Sign in again.");
  }
  if (answer.has("error")) {
    throw new Error(`The issuer refused: ${answer.get("error_description") ?? answer.get("error")}`);
  }
  const {token_endpoint: endpoint} = await discover();
  const response = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code", code: answer.get("code"), redirect_uri: redirectAddress(), client_id: settings.oidc.client_id, code_verifier: pending.verifier,
    }),
  });
  const token = await response.json();
  if (!response.ok) {
    throw new Error(`The issuer gave no token: ${token.error_description ?? token.error}`);
  }
  return token.access_token;
}

async function discover() {
  const response = await fetch(`${settings.oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!response.ok) {
    throw new Error(`The issuer answered with status ${response.status} where its configuration should be.`);
  }
  return response.json();
}

const redirectAddress = () => new URL(".", document.baseURI.split(/[?#]/)[0]).href;

const random = () => base64(crypto.getRandomValues(new Uint8Array(32)));

const base64 = bytes => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
