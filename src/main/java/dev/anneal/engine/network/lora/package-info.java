/** AFA-LoRA adapters: configuration, annealing schedule, initialisation, files, and the merge of one tensor. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.lora;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
