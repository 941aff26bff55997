/**
 * What a base model's {@code config.json} makes of its decoder: sizes, projections, and the name and shape of each weight, against which a checkpoint's
 * headers are held. No tensors, so the service reads models by the engine's own rules.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.architecture;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
