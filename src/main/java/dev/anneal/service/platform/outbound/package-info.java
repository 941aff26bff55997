/**
 * Outbound HTTP: to addresses that clients name, which are filtered, and to addresses that the operator has configured.
 */
@NamedInterface
package dev.anneal.service.platform.outbound;

import org.springframework.modulith.NamedInterface;
