/** The public API over HTTP, as any other client calls it. */
package dev.anneal.cli.client;
