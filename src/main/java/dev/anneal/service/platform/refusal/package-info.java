/** Refusals of requests: a code, a message and the parameter at fault. */
@NamedInterface
package dev.anneal.service.platform.refusal;

import org.springframework.modulith.NamedInterface;
