/** The task of a process: its file, its folder, and how it ends early. */
@NullMarked
package dev.anneal.engine.run.task;

import org.jspecify.annotations.NullMarked;
