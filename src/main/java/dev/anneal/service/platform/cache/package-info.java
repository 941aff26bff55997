/**
 * What a program unpacks of itself, its PostgreSQL and its native libraries: once for each version and user of a machine, whatever the installation.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.cache;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
