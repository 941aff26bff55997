/** Attempts: inputs on this machine, tasks for the engine, and publication of progress and results. */
@NullMarked
package dev.anneal.service.worker.assignment;

import org.jspecify.annotations.NullMarked;
