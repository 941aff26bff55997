/**
 * Strict reading of JSON request bodies: every key known, of the right type and in range, or a refusal that names it. How graders are shown again.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.request;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
