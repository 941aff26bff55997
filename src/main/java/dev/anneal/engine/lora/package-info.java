/** AFA-LoRA adapters: configuration, annealing schedule, initialisation, files, and the merge of one tensor. */
@ApplicationModule(allowedDependencies = {"architecture", "format :: safetensors", "math :: random", "model", "torch"})
@NullMarked
package dev.anneal.engine.lora;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
