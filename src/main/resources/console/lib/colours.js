/** Light or dark: as the system has it, until the user chooses. */

const CHOICE = "anneal.colours";
const isSystemDark = matchMedia("(prefers-color-scheme: dark)");

export const colours = () => localStorage.getItem(CHOICE) ?? (isSystemDark.matches ? "dark" : "light");

export function toggleColours() {
  localStorage.setItem(CHOICE, colours() === "dark" ? "light" : "dark");
  apply();
}

function apply() {
  document.documentElement.dataset.colours = colours();
  document.dispatchEvent(new Event("colours"));
}

isSystemDark.addEventListener("change", apply);
apply();
