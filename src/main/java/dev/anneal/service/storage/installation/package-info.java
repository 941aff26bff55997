/** Which installation this is, and whether the artifact store is its own: the database and a marker in the store must name the same id. */
@NamedInterface
@NullMarked
package dev.anneal.service.storage.installation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
