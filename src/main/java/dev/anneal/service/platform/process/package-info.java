/** Engine processes: start, progress, exit codes, and the orphans of dead workers. */
@NamedInterface
package dev.anneal.service.platform.process;

import org.springframework.modulith.NamedInterface;
