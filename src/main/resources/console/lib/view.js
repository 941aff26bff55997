/** The life of a page: it renders into one element, follows what it shows, and lets go of everything when another page opens. */

import {render} from "../vendor/lit-html/lit-html.js";
import {untilAnswered} from "./connection.js";
import {say} from "./messages.js";
import {setQuery} from "./router.js";

/** How many times longer the pauses become after failures. */
const MOST_PATIENCE = 8;

export const pause = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));

export class View {
  #element;
  #template = () => null;
  #closed = new AbortController();
  #isDue = false;

  /** @param {URLSearchParams} query of the page's address */
  constructor(element, query) {
    this.#element = element;
    this.query = query;
  }

  /** Aborts with the page; requests carry it. */
  get signal() {
    return this.#closed.signal;
  }

  set title(text) {
    document.title = `${text} · Anneal`;
  }

  show(template) {
    this.#template = template;
    this.update();
  }

  /** Renders once before the next picture, however often it is called. */
  update() {
    if (this.#isDue) {
      return;
    }
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (!this.signal.aborted) {
        render(this.#template(), this.#element);
      }
    });
  }

  remember(values) {
    setQuery(values);
    Object.entries(values).forEach(([name, value]) => (value ? this.query.set(name, value) : this.query.delete(name)));
    this.update();
  }

  /**
   * Does the work now and again after each pause, not while the tab is hidden, until it answers false. Says while it fails, and goes on
   * with longer pauses.
   */
  every(seconds, work) {
    let patience = 1;
    let isDone = false;
    let takeBack = () => {};
    const turn = async () => {
      if (!document.hidden) {
        try {
          isDone = await untilAnswered(work, this.signal) === false;
          takeBack();
          patience = 1;
        } catch (error) {
          if (this.signal.aborted) {
            return;
          }
          if (patience === 1) {
            takeBack = say(error);
          }
          patience = Math.min(2 * patience, MOST_PATIENCE);
        }
        this.update();
      }
      if (!isDone && !this.signal.aborted) {
        setTimeout(turn, seconds * patience * 1000);
      }
    };
    turn();
  }

  /** Reads what the page needs, again if the service does not answer. */
  load(work) {
    return this.attempt(() => untilAnswered(work, this.signal));
  }

  /** Does work that a user asked for; a failure is said, and the result is then undefined. */
  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      if (!this.signal.aborted && error.name !== "AbortError") {
        say(error);
      }
      return undefined;
    } finally {
      this.update();
    }
  }

  close() {
    this.#closed.abort();
    render(null, this.#element);
  }
}
