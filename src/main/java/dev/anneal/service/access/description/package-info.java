/** The API description {@code openapi.yaml} over HTTP. */
@NullMarked
package dev.anneal.service.access.description;

import org.jspecify.annotations.NullMarked;
