/** How exported weights are compared with the trained model. */
@NamedInterface
package dev.anneal.engine.export.proof;

import org.springframework.modulith.NamedInterface;
