/** How a module says no to a client: a code, a sentence and the parameter it is about. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.refusal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
