/**
 * Architecture of base models from {@code config.json}: sizes, projections, and names and shapes of weights, with which
 * a checkpoint's headers are checked. No tensors, so that the service can use it.
 */
@NamedInterface
package dev.anneal.engine.network.architecture;

import org.springframework.modulith.NamedInterface;
