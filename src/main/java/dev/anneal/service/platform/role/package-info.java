/** What a process of the service does: serve the API, work on jobs, generate, or several of these, or migrate the database ({@code anneal.roles}). */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.role;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
