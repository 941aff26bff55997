/** The commands, one class for each noun. */
package dev.anneal.cli.command;
