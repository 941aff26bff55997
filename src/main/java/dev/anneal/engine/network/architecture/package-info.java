/**
 * A base model's decoder by its {@code config.json}: sizes, projections, and the name and shape of each weight, against which a checkpoint's headers are
 * checked. No tensors, so the service reads models by the engine's own rules.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.architecture;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
