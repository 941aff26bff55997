/** The life of a page: it renders into one element, follows what it shows, and lets go of everything when another page opens. */

import {render} from "../vendor/lit-html/lit-html.js";
import {say} from "./messages.js";
import {setQuery} from "./router.js";

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

  /** Does the work now and again after each pause, not while the tab is hidden; says once that it fails, and goes on. */
  every(seconds, work) {
    let isFailing = false;
    const turn = async () => {
      if (!document.hidden) {
        try {
          await work();
          isFailing = false;
        } catch (error) {
          if (this.signal.aborted) {
            return;
          }
          if (!isFailing) {
            say(error);
          }
          isFailing = true;
        }
        this.update();
      }
      if (!this.signal.aborted) {
        setTimeout(turn, seconds * 1000);
      }
    };
    turn();
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
