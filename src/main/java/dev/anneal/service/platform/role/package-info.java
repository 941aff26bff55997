/** Roles of a process of the service ({@code anneal.roles}): API, worker, inference, or migration of the database. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.role;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
