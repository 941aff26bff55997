/**
 * The console at {@code /}: static files, in {@code src/main/resources/console}, that call the public API as any other
 * client does.
 */
package dev.anneal.service.access.console;
