/** How figures are written for people. */

const NONE = "–";
const number = new Intl.NumberFormat("en", {maximumFractionDigits: 0});

export const count = value => (value === null || value === undefined ? NONE : number.format(value));

/** Four significant digits, small ones with an exponent: 0.02174, 2e-4. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return NONE;
  }
  if (value !== 0 && Math.abs(value) < 1e-3) {
    return value.toExponential(2).replace(/\.?0+e/, "e");
  }
  return String(Number(value.toPrecision(4)));
}

export const percent = share => (share === null || share === undefined ? NONE : `${(100 * share).toFixed(1)} %`);

export function bytes(value) {
  if (value === null || value === undefined) {
    return NONE;
  }
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return NONE;
  }
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours >= 48) {
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  }
  return hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** @param {number | null} time seconds since 1970 */
export function date(time) {
  return time ? new Date(time * 1000).toLocaleString([], {dateStyle: "medium", timeStyle: "medium"}) : NONE;
}

export function ago(time) {
  const seconds = Math.max(0, Date.now() / 1000 - time);
  return seconds < 5 ? "now" : `${duration(seconds < 3600 ? seconds : Math.floor(seconds / 60) * 60)} ago`;
}
