/** The only user of DJL: TorchScript programs, tensors, scopes and element types. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.torch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
