/** The work of a claim: its inputs on this machine, the engine's task, and the publication of progress and result. */
@NullMarked
package dev.anneal.service.worker.assignment;

import org.jspecify.annotations.NullMarked;
