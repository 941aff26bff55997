/** What a tenant may use of the installation, and what it uses: jobs, bytes, hours of training. */
@NamedInterface
@NullMarked
package dev.anneal.service.access.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
