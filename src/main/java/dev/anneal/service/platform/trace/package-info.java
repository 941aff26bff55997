/** Traces and the context of log lines: the request that asks for work, and each attempt at it. Off until a collector is configured. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.trace;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
