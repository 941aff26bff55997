/** How many requests a tenant may send, and how often an address may try keys that are none. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.ratelimit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
