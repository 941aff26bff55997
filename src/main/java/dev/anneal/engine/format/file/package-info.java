/** Durable writes and renames of files, hashes, and recursive deletion. JDK only. */
@NamedInterface
package dev.anneal.engine.format.file;

import org.springframework.modulith.NamedInterface;
