/**
 * Tuned models and checkpoints that a tenant lets others use. Those see that they may, and get answers of the model; its job, files and weights stay the
 * owner's.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.training.sharing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
