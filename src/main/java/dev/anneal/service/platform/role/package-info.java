/** Roles of a process of the service ({@code anneal.roles}): API, worker, inference, or migration of the database. */
@NamedInterface
package dev.anneal.service.platform.role;

import org.springframework.modulith.NamedInterface;
