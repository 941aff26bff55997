/** What claims ask for: the inputs on this machine, the engine's task, and where what comes of it is written. */
@NullMarked
package dev.anneal.service.worker.assignment;

import org.jspecify.annotations.NullMarked;
