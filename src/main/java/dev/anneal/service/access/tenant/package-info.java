/** Tenants (projects in OpenAI's terms), API keys, scopes, and the principal of a request. */
@NamedInterface
package dev.anneal.service.access.tenant;

import org.springframework.modulith.NamedInterface;
