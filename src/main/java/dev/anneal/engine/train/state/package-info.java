/** What a training is given and what it changes: job and data, trained values, optimizer and checkpoints. */
@NamedInterface
@NullMarked
package dev.anneal.engine.train.state;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
