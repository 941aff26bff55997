/** The command {@code anneal}: a client of the public API in the same jar, without Spring and without the engine. */
@NullMarked
package dev.anneal.cli;

import org.jspecify.annotations.NullMarked;
