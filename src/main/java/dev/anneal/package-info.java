/** Anneal: fine-tuning as a service. Rooms: service (HTTP, Postgres), engine (tensors), protocol (between them). */
@NullMarked
package dev.anneal;

import org.jspecify.annotations.NullMarked;
