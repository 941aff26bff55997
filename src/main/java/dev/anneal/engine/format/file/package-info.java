/** Files that outlast a power loss: durable writes and renames, hashes, folders removed whole. JDK only. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.file;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
