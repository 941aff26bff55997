/** Bodies of requests that arrive slowly, or that nobody reads. */
package dev.anneal.service.access.body;
