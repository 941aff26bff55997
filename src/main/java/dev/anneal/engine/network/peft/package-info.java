/** LoRA adapters that PEFT saved elsewhere, as an uploaded archive: every bound checked, nothing believed, no tensors. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.peft;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
