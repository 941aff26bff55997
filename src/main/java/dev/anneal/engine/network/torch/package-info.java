/** The only user of DJL: TorchScript programs, tensors, scopes and element types. */
@NamedInterface
package dev.anneal.engine.network.torch;

import org.springframework.modulith.NamedInterface;
