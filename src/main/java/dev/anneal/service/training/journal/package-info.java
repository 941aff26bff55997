/** The workers' side of jobs: orders for trainings, and publication of their progress under the queue's fence. */
@NamedInterface
package dev.anneal.service.training.journal;

import org.springframework.modulith.NamedInterface;
