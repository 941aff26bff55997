/** Retention over HTTP: how long a tenant's artifacts are kept, and what administrators decide of it. */
@NullMarked
package dev.anneal.service.operations.http;

import org.jspecify.annotations.NullMarked;
