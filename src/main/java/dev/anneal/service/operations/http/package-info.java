/** HTTP API of retention, for tenants and administrators. */
@NullMarked
package dev.anneal.service.operations.http;

import org.jspecify.annotations.NullMarked;
