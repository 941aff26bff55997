/**
 * Outbound HTTP: to addresses that clients name, which are filtered, and to addresses that the operator has configured.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.outbound;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
