/** The worker's side of jobs: what is to be trained, and what is published about it under the queue's fence. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
