/** Bodies of requests that arrive slowly, or that nobody reads. */
@NullMarked
package dev.anneal.service.access.body;

import org.jspecify.annotations.NullMarked;
