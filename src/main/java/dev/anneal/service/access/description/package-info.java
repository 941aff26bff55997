/** The description of the HTTP API, served as it is checked in: {@code openapi.yaml}; and the page that browsers get at {@code /}. */
@NullMarked
package dev.anneal.service.access.description;

import org.jspecify.annotations.NullMarked;
