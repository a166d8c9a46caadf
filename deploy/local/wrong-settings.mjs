// @ts-check
// What a person is told when workers do not start, because their configuration is wrong: the faults of all of them.
import { EXIT_CONFIGURATION } from './supervisor.mjs';
import { StartError } from './start-error.mjs';
import { isLive } from './workers.mjs';

/** @import { RunningWorker } from './workers.mjs' */

/** Only a deadline: five workers that start at once on a busy machine take their time. */
const ALL_KNOWN_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 100;

/** The workers that ended with EXIT_CONFIGURATION before the stack was ready. */
export class WrongSettings {
  /** @type {Map<string, string>} worker -> its last lines */
  #told = new Map();

  /**
   * @param {string} name of the worker
   * @param {string} tail its last lines
   * @returns whether it is the first of all workers
   */
  add(name, tail) {
    this.#told.set(name, tail);
    return this.#told.size === 1;
  }

  /**
   * Waits until it is known of each worker whether it likes its configuration.
   * @param {() => readonly RunningWorker[]} workers
   * @returns {Promise<StartError>} with the faults of all of them
   */
  async whole(workers) {
    const deadline = performance.now() + ALL_KNOWN_WITHIN_MS;
    while (performance.now() < deadline && !(await this.#isKnownOfAll(workers())))
      await new Promise((settle) => setTimeout(settle, ASK_AGAIN_MS));
    return new StartError(this.#text(), EXIT_CONFIGURATION);
  }

  /** @param {readonly RunningWorker[]} workers */
  async #isKnownOfAll(workers) {
    const others = workers.filter(({ name }) => !this.#told.has(name));
    return (await Promise.all(others.map(isLive))).every(Boolean);
  }

  /** Workers that say the same are told together. */
  #text() {
    /** @type {Map<string, string[]>} */
    const names = new Map();
    for (const [name, tail] of this.#told) names.set(tail, [...(names.get(tail) ?? []), name]);
    return [...names]
      .map(([tail, workers]) => `The ${workers.join(', ')} ${workers.length === 1 ? 'does' : 'do'} not start:\n${tail}`)
      .join('\n');
  }
}
