/** The base models of this host: allowed ids, folders, configurations and tokenizers. */
@NamedInterface
package dev.anneal.service.models.catalog;

import org.springframework.modulith.NamedInterface;
