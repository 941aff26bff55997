/** Traces and log context of requests and attempts. Off unless a collector is configured. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.trace;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
