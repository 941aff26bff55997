/** Exports with their files and pushes, and evaluations, over HTTP. */
@NullMarked
package dev.anneal.service.results.http;

import org.jspecify.annotations.NullMarked;
