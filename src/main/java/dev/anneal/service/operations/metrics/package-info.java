/** Meters of the whole queue, of the ends of work and of retention; others lie beside what they count. */
package dev.anneal.service.operations.metrics;
