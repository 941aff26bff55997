/** What is drawn in a terminal. */
package dev.anneal.cli.terminal;
