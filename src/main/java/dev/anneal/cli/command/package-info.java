/** The commands, one class for each noun. */
@NullMarked
package dev.anneal.cli.command;

import org.jspecify.annotations.NullMarked;
