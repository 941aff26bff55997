/** The embedded PostgreSQL of an installation without a configured database, and how any one is reached. */
@NamedInterface
package dev.anneal.service.platform.postgres;

import org.springframework.modulith.NamedInterface;
