/** What a training is given and what it changes: job and data, trained values, optimizer and checkpoints. */
@NamedInterface
package dev.anneal.engine.train.state;

import org.springframework.modulith.NamedInterface;
