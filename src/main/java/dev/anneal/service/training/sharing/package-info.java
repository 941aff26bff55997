/**
 * Sharing of tuned models and checkpoints with other tenants, which can list and run them; jobs, files and weights
 * remain private.
 */
@NamedInterface
package dev.anneal.service.training.sharing;

import org.springframework.modulith.NamedInterface;
