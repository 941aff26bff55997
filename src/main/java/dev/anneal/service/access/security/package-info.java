/**
 * Who may ask: API keys, tokens of OpenID Connect issuers, the scope that each route requires, and the loopback rule of an installation without any of
 * these.
 */
@NullMarked
package dev.anneal.service.access.security;

import org.jspecify.annotations.NullMarked;
