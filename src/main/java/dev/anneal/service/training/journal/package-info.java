/** The workers' side of jobs: orders for trainings, and publication of their progress under the queue's fence. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
