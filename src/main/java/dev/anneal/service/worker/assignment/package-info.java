/** Attempts: inputs on this machine, tasks for the engine, and publication of progress and results. */
package dev.anneal.service.worker.assignment;
