/**
 * Base models from the Hugging Face Hub, in the layout of its own cache: which revision is meant, what of it is pulled, and what is there. An existing
 * cache is read as it is.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.models.hub;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
