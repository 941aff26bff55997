/** AFA-LoRA adapters: configuration, annealing schedule, initialisation, files, and the merge of one tensor. */
@NamedInterface
package dev.anneal.engine.network.lora;

import org.springframework.modulith.NamedInterface;
