/** History of jobs: events, series of steps and validations, checkpoints. Jobs are identified by their internal key. */
@NamedInterface
package dev.anneal.service.training.history;

import org.springframework.modulith.NamedInterface;
