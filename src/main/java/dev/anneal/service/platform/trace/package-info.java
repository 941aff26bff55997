/** Traces and log context of requests and attempts. Off unless a collector is configured. */
@NamedInterface
package dev.anneal.service.platform.trace;

import org.springframework.modulith.NamedInterface;
