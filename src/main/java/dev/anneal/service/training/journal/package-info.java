/** The worker's side of jobs: what to train, and what to publish about it under the queue's fence. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
