/** The base models of this host: allowed ids, folders, configurations and tokenizers. */
@NamedInterface
@NullMarked
package dev.anneal.service.models.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
