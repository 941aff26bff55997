/** Anneal: fine-tuning as a service. Rooms: service (HTTP, Postgres), engine (tensors), protocol (between them). */
package dev.anneal;
