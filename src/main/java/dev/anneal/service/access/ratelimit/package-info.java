/** Rate limits: requests by tenant, and failed authentications by address. */
package dev.anneal.service.access.ratelimit;
