/** Engine processes: how their JVM is started, what they report, how they end, and what remains of them when a worker dies. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.process;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
