/** Quotas and usage of tenants: jobs, bytes, hours of training. */
@NamedInterface
package dev.anneal.service.access.quota;

import org.springframework.modulith.NamedInterface;
