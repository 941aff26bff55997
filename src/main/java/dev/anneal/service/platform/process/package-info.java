/** Engine processes: start, progress, exit codes, and the orphans of dead workers. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.process;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
