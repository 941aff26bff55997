/** Import of LoRA adapters saved by PEFT, from uploaded archives that are checked completely. No tensors. */
@NamedInterface
package dev.anneal.engine.network.peft;

import org.springframework.modulith.NamedInterface;
