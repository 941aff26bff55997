/**
 * Base models from the Hugging Face Hub: revisions, pulls, and the cache in the Hub's own layout. An existing cache can
 * be used.
 */
@NamedInterface
package dev.anneal.service.models.hub;

import org.springframework.modulith.NamedInterface;
