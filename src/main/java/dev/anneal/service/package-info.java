/** The service: HTTP API, queue in Postgres, and the worker that supervises engine processes. */
@NullMarked
package dev.anneal.service;

import org.jspecify.annotations.NullMarked;
