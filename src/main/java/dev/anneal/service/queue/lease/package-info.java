/**
 * The workers' side of the queue: the fair claim, leases with fencing tokens, ends of attempts, retries, and the rescue
 * of lost workers' work. Every change of claimed work by a worker requires the newest lease.
 */
@NamedInterface
package dev.anneal.service.queue.lease;

import org.springframework.modulith.NamedInterface;
