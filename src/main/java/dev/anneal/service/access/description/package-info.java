/** The API description {@code openapi.yaml} over HTTP, and the front page at {@code /}. */
@NullMarked
package dev.anneal.service.access.description;

import org.jspecify.annotations.NullMarked;
