/** Random numbers as functions of seed and position, the same on every machine. JDK only. */
@NamedInterface
package dev.anneal.engine.math.random;

import org.springframework.modulith.NamedInterface;
