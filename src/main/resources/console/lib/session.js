/**
 * Who is signed in: an API key, or an access token of the organization's issuer. It is kept in the session storage of each tab, handed to new tabs by those that
 * are open, and sent to this service alone. It is gone when the last tab is closed.
 */

const CREDENTIAL = "anneal.credential";
/** How long a new tab waits for the others to hand it theirs. */
const HANDOVER_MILLISECONDS = 300;
const listeners = new Set();
/** Between the tabs of this browser that show this address; other origins cannot listen. */
const tabs = new BroadcastChannel(`anneal${new URL(".", document.baseURI.split(/[?#]/)[0]).pathname}`);
/** @type {Set<string>} */
let scopes = new Set();

export const credential = () => sessionStorage.getItem(CREDENTIAL);

/** Whether the credential has one of these scopes. @param {string[]} any */
export const may = (...any) => any.some(scope => scopes.has(scope));

/** @param {string[]} ofCredential */
export function setScopes(ofCredential) {
  scopes = new Set(ofCredential);
}

export function signIn(key) {
  sessionStorage.setItem(CREDENTIAL, key);
  tell("signed-in");
}

/** In all tabs. */
export function signOut() {
  tabs.postMessage({left: true});
  leave();
}

function leave() {
  sessionStorage.removeItem(CREDENTIAL);
  tell("signed-out");
}

/** Called for an answer of 401: what is stored, if anything, is not accepted any more. */
export function refused() {
  const had = credential() !== null;
  sessionStorage.removeItem(CREDENTIAL);
  tell(had ? "expired" : "signed-out");
}

/** Takes over the credential of another tab if this one has none; true if it then has one. */
export async function takeOver() {
  if (credential() === null) {
    const given = new Promise(resolve => tabs.addEventListener("message", ({data}) => data.credential && resolve(data.credential)));
    tabs.postMessage({isNew: true});
    const taken = await Promise.race([given, new Promise(resolve => setTimeout(resolve, HANDOVER_MILLISECONDS, null))]);
    if (taken && credential() === null) {
      sessionStorage.setItem(CREDENTIAL, taken);
    }
  }
  return credential() !== null;
}

tabs.addEventListener("message", ({data}) => {
  if (data.isNew && credential() !== null) {
    tabs.postMessage({credential: credential()});
  } else if (data.left && credential() !== null) {
    leave();
  }
});

/** @param {(state: "signed-in" | "signed-out" | "expired") => void} listener */
export const onSession = listener => listeners.add(listener);

const tell = state => listeners.forEach(listener => listener(state));
