/**
 * The training engine: a program of its own that runs one task per process and knows neither Spring nor the database.
 */
@NullMarked
package dev.anneal.engine;

import org.jspecify.annotations.NullMarked;
