/**
 * Authentication by API keys and OpenID Connect tokens, scopes of routes, and the loopback restriction of installations
 * without keys.
 */
@NullMarked
package dev.anneal.service.access.security;

import org.jspecify.annotations.NullMarked;
