/** Whether the service answers, and the repetition of work until it does. */

const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 15;
/** @type {{since: Date, reason: string} | null} */
let lost = null;
const listeners = new Set();

/** Since when the service has not been available, and what it said itself, if anything; null while it is. */
export const outage = () => lost;

/** @param {() => void} listener called when the service stops to answer, and when it answers again */
export const onConnection = listener => listeners.add(listener);

/** Called for every answer. */
export const answered = () => lost && become(null);

/**
 * Does work, again and again with growing pauses while the service does not answer.
 * @template T @param {() => Promise<T>} work @param {AbortSignal} [signal] @returns {Promise<T>}
 */
export async function untilAnswered(work, signal) {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!error.isAway || signal?.aborted) {
        throw error;
      }
      lost ?? become({since: new Date(), reason: error.code ? error.message : ""});
      await nextTry(Math.min(FIRST_SECONDS * 2 ** failures, LONGEST_SECONDS));
      if (signal?.aborted) {
        throw error;
      }
    }
  }
}

/** The pause is over, or other work was answered. */
function nextTry(seconds) {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      listeners.delete(end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    listeners.add(end);
  });
}

function become(outage) {
  lost = outage;
  [...listeners].forEach(listener => listener());
}
