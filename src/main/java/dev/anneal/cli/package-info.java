/** The command {@code anneal}: a client of the public API in the same jar, without Spring and without the engine. */
package dev.anneal.cli;
