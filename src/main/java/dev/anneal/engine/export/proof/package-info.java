/** How exported weights are compared with the trained model. */
@NamedInterface
@NullMarked
package dev.anneal.engine.export.proof;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
