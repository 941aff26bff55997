/** The API description {@code openapi.yaml} over HTTP. */
package dev.anneal.service.access.description;
