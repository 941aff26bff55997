/** Drafts of models: which tuned draft proposes tokens for which target, and which one a target uses by default. */
@NamedInterface
package dev.anneal.service.training.draft;

import org.springframework.modulith.NamedInterface;
