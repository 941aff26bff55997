/** Traces and the context of log lines: the request that asks for work, and each attempt at it. Off until a collector is configured. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.trace;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
