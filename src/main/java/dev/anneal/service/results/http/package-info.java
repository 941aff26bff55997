/** Exports with their files and pushes, and evaluations, over HTTP. */
package dev.anneal.service.results.http;
