/**
 * Fine-tuning jobs as they are stored, with the models that come of them. {@code service.training.admission} serves
 * requests; workers publish through {@code service.training.journal}.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.training.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
