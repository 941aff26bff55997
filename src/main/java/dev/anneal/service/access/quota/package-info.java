/** Quotas and usage of tenants: jobs, bytes, hours of training. */
@NamedInterface
@NullMarked
package dev.anneal.service.access.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
