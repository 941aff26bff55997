/** The only owner of DJL: TorchScript programs, tensors, scopes and dtypes. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.torch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
