/**
 * Fine-tuning jobs as they are stored, with the models that come of them. {@code service.training.admission} serves
 * requests; workers publish through {@code service.training.journal}.
 */
@NamedInterface
package dev.anneal.service.training.job;

import org.springframework.modulith.NamedInterface;
