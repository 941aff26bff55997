/**
 * Fine-tuning jobs: creation, validation, state changes and storage. {@link dev.anneal.service.training.job.Jobs}
 * serves requests; workers publish through {@code service.training.journal}.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.training.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
