/**
 * The queue in Postgres as workers see it: the fair claim, leases with fencing tokens, how attempts end, retries, and the rescue of what lost workers
 * held. Every statement by which a worker changes claimed work requires the newest lease.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.queue.lease;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
