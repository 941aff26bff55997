/**
 * Strict reading of JSON request bodies: every key is known, of the right type and in range, or a refusal names it. Also how graders are shown to clients.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.request;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
