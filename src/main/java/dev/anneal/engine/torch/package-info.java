/** The only owner of DJL: TorchScript programs, tensors, scopes and dtypes. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.torch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
