/**
 * The training engine: a program of its own that runs one task per process and knows neither Spring nor the database.
 */
package dev.anneal.engine;
