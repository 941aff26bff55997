/** Who is signed in: an API key, or an access token of the organization's issuer. It lives as long as the tab and is sent to this service alone. */

const CREDENTIAL = "anneal.credential";
const listeners = new Set();

export const credential = () => sessionStorage.getItem(CREDENTIAL);

export function signIn(key) {
  sessionStorage.setItem(CREDENTIAL, key);
  tell("signed-in");
}

export function signOut() {
  sessionStorage.removeItem(CREDENTIAL);
  tell("signed-out");
}

/** Called for an answer of 401: what is stored, if anything, is not accepted any more. */
export function refused() {
  const had = credential() !== null;
  sessionStorage.removeItem(CREDENTIAL);
  tell(had ? "expired" : "signed-out");
}

/** @param {(state: "signed-in" | "signed-out" | "expired") => void} listener */
export const onSession = listener => listeners.add(listener);

const tell = state => listeners.forEach(listener => listener(state));
