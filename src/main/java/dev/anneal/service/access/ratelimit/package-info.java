/** How many requests a tenant may send, and how often an address may try keys that are none. */
@NullMarked
package dev.anneal.service.access.ratelimit;

import org.jspecify.annotations.NullMarked;
