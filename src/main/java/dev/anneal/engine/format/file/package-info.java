/** Durable writes and renames of files, hashes, and recursive deletion. JDK only. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.file;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
