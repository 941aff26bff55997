/**
 * Authentication by API keys and OpenID Connect tokens, scopes of routes, and the loopback restriction of installations
 * without keys.
 */
package dev.anneal.service.access.security;
