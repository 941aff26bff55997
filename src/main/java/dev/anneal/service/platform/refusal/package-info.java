/** Refusals of requests: a code, a message and the parameter at fault. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.refusal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
