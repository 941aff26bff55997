/** The embedded PostgreSQL of an installation without a configured database, and how any one is reached. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.postgres;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
