/** The service: HTTP API, queue in Postgres, and the worker that supervises engine processes. */
package dev.anneal.service;
