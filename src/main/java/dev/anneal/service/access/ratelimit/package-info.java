/** Rate limits: requests by tenant, and failed authentications by address. */
@NullMarked
package dev.anneal.service.access.ratelimit;

import org.jspecify.annotations.NullMarked;
