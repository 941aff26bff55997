/** What a job has done: its events, its series of steps and validations, its checkpoints. Jobs are known by their internal number. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.history;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
