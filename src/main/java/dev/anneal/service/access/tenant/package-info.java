/** Tenants (projects in OpenAI's terms), API keys, scopes, and the principal of a request. */
@NamedInterface
@NullMarked
package dev.anneal.service.access.tenant;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
