/**
 * Fine-tuning jobs: what clients ask of them and what the queue makes of them. {@link dev.anneal.service.training.job.Jobs} is for requests; workers
 * publish through {@code service.training.journal}.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.training.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
