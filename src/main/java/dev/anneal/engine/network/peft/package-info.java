/** Import of LoRA adapters saved by PEFT, from uploaded archives that are checked completely. No tensors. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.peft;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
