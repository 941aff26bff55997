/** How a module refuses a request: a code, a sentence and the parameter that it concerns. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.refusal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
