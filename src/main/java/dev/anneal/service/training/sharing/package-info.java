/**
 * Tuned models and checkpoints that a tenant lets others use. Those tenants see the model and get its answers; its job, files and weights stay with the owner.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.training.sharing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
