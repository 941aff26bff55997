/**
 * The queue in Postgres as workers see it: the fair claim, leases with fencing tokens, how attempts end, retries, and the rescue of what lost workers
 * held. Whatever a worker does to work that it has claimed asks for the newest lease in the same statement.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.queue.lease;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
