/** The public API over HTTP, as any other client calls it. */
@NullMarked
package dev.anneal.cli.client;

import org.jspecify.annotations.NullMarked;
