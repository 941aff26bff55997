/** What is drawn in a terminal. */
@NullMarked
package dev.anneal.cli.terminal;

import org.jspecify.annotations.NullMarked;
